//! What goes through a stack is a loop.
use netdsl::prelude::*;

network! {
    struct Folded {
        layers: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        layers(x)
    }

    struct Repeated {
        layers: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        let mut x = x;
        for layer in layers.iter().rev() {
            x = layer(x).relu();
        }
        x
    }
}

fn main() {}
