//! Elements that arrays have, of references to them as well.
use netdsl::prelude::*;

const WIDTHS: [usize; 2] = [1, 2];

network! {
    struct Skips {
        down: [Conv2d<_, 8, 3>(padding = 1, stride = 2); 3],
        out: Conv2d<_, 1, 1>,
    }

    fn forward(x: [3, 64, 64]) -> [1, _, _] {
        let mut x = x;
        let mut skips = [x; 3];
        for (i, layer) in down.iter().enumerate() {
            x = layer(x);
            skips[i] = x;
        }
        out(skips[2])
    }

    struct Constant {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let parts = [x, fc(x)];
        parts[WIDTHS[0]]
    }

    fn third(x: Tensor, i: usize) -> Tensor {
        let parts = [x; 3];
        let all = &parts;
        all[i] + parts[2]
    }

    struct Function {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        third(fc(x), 2)
    }
}

fn main() {}
