use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let twice = |x| fc(fc(x));
        twice(x)
    }
}

fn main() {}
