//! What goes through a stack is a loop.
use netdsl::prelude::*;

network! {
    struct Folded {
        layers: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        layers.iter().fold(x, |x, layer| layer(x))
    }

    struct Repeated {
        layers: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        let mut x = x;
        layers.iter().rev().for_each(|layer| x = layer(x).relu());
        x
    }
}

fn main() {}
