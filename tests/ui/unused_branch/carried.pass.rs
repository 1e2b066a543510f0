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
        head(sum)
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
        head(parts[1])
    }

    fn first(a: Tensor, b: Tensor) -> Tensor {
        a + b
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
            y = layer(y);
        }
        head(y)
    }
}
