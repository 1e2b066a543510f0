use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<_, _>,
        act: Relu,
        last: Linear<_, 10>,
    }
}

fn main() {}
