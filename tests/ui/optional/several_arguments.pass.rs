// What an absent layer gives back is its argument.
use netdsl::prelude::*;

network! {
    struct Net {
        mix: Bilinear<4, 4, 4>,
        stacked: [Tanh; 0],
    }

    fn forward(x: [4], y: [4]) -> [4] {
        stacked(mix(x, y))
    }
}

fn main() {}
