use netdsl::prelude::*;

network! {
    struct Body {
        fc: Linear<_, 5>,
    }

    struct Net {
        body: Body,
        head: Linear<6, 2>,
    }
}

fn main() {}
