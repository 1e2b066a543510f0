// Each kind takes other sizes.
use netdsl::prelude::*;

network! {
    struct Pair<B: UnaryLayer> {
        first: B,
        second: B,
    }
}

fn main() {}
