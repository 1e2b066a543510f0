// Each kind takes other sizes.
use netdsl::prelude::*;

network! {
    struct Pair<B: UnaryLayer> {
        first: B<_, 4>,
        second: B(bias = false),
    }
}

fn main() {}
