use netdsl::prelude::*;

const HALF: usize = 3;

network! {
    struct Dense {
        layers: [Linear<_, 4>; 3],
        out: Linear<_, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let (mut x, mut seen) = (x, [x; 3]);
        for i in 0..3 {
            x = layers[i](x) + seen[i - 1];
            seen[i] = x;
        }
        out(x)
    }

    struct Divided {
        layers: [Linear<4, 4>; 3],
    }

    fn forward(x: [4]) -> [4] {
        let (mut x, seen) = (x, [x; 7]);
        for i in 0..3 {
            x = layers[i](x) + seen[6 / i];
        }
        x
    }
}

network! {
    fn before(x: Tensor, place: usize) -> Tensor {
        x * (place - HALF)
    }

    struct InAFunction {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        before(fc(x), 2)
    }
}

fn main() {}
