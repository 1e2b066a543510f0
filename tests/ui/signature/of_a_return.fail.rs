use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [9] {
        return fc(x);
    }
}

fn main() {}
