use netdsl::prelude::*;

network! {
    struct Head<inputs> {
        fc: Linear<inputs, 3>,
    }
}

network! {
    struct Net {
        body: Linear<4, 5>,
        head: Head<5>,
    }
}
