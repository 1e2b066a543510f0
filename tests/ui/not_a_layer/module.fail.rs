use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [3]) -> [4] {
        fc(crate(x))
    }
}

fn main() {}
