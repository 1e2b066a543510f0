use netdsl::prelude::*;

network! {
    struct Mlp<inputs, classes> {
        hidden: Linear<input, 256>,
        out: Linear<_, classes>,
    }

    struct Head<width, classes> {
        out: Linear<_, classes>,
    }
}

fn main() {}
