use netdsl::prelude::*;

network! {
    struct Mlp {
        fc1: Linear<_, 256>,
        fc2: Linear<128, 10>,
    }

    fn forward(x: [_]) -> [10] {
        fc2(fc1(x).relu())
    }
}

fn main() {}
