use netdsl::prelude::*;

network! {
    struct Mlp {
        fc1: Linear<20, 256>,
        act: Relu,
        fc2: Linear<255, 10>,
    }
}

fn main() {}
