use netdsl::prelude::*;

network! {
    #[eager]
    struct Net {
        hidden: Linear<7, 16>,
        act: Relu,
        out: Linear<_, 3>,
    }
}
