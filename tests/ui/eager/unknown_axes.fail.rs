use netdsl::prelude::*;

network! {
    #[eager]
    struct Net {
        hidden: Linear<_, 16>,
        act: Relu,
        out: Linear<_, 3>,
    }
}

fn main() {}
