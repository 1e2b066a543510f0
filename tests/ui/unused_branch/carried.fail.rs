//! What a layer gives is carried along, and no result is made of it.
use netdsl::prelude::*;

network! {
    struct Summed {
        trunk: Linear<4, 4>,
        side: Linear<4, 4>,
        head: Linear<4, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let x = trunk(x);
        let mut sum = x;
        for _ in 0..3 {
            sum = sum + side(x);
        }
        head(x)
    }

    struct Kept {
        trunk: Linear<4, 4>,
        side: Linear<4, 4>,
        head: Linear<4, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let x = trunk(x);
        let mut parts = [x; 2];
        parts[1] = side(x);
        head(parts[0])
    }

    fn first(a: Tensor, b: Tensor) -> Tensor {
        let _ = b;
        a
    }

    struct Passed {
        trunk: Linear<4, 4>,
        side: Linear<4, 4>,
        head: Linear<4, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let x = trunk(x);
        head(first(x, side(x)))
    }

    struct Repeated {
        layers: [Linear<4, 4>; 3],
        head: Linear<4, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let mut y = x;
        for layer in layers {
            y = layer(x);
        }
        head(y)
    }
}

fn main() {}
