// A network with constants is checked before anyone chooses them.
use netdsl::prelude::*;

network! {
    struct Net<const CLASSES: usize> {
        fc1: Linear<4, 5>,
        fc2: Linear<6, CLASSES>,
    }
}

fn main() {}
