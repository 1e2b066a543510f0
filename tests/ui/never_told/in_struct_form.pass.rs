use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<_, 32>,
        act: Relu,
        last: Linear<_, 10>,
    }
}
