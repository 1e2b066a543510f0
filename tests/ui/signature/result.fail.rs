use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [2] {
        fc(x)
    }
}

fn main() {}
