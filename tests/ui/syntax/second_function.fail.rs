use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
    }

    fn backward(x: [4]) {
        fc(x)
    }
}

fn main() {}
