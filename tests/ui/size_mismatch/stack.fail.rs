use netdsl::prelude::*;

network! {
    struct Net {
        layers: [Linear<4, 5>; 3],
    }
}

fn main() {}
