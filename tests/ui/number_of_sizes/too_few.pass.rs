use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }
}
