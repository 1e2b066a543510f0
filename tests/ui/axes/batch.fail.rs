use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
    }

    fn forward(x: [4]) {
        fc(x).softmax(0)
    }
}

fn main() {}
