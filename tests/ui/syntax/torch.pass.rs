//! PyTorch's networks as they are written here.
use netdsl::prelude::*;

network! {
    struct Module {
        first: Linear<4, 3>,
        second: Linear<_, 2>,
    }

    struct Sequence {
        first: Linear<4, 3>,
        act: Relu,
        second: Linear<3, 2>,
        last: Relu,
    }

    struct Body {
        first: Linear<4, 3>,
        second: Relu,
    }

    struct Nested {
        body: Body,
        last: Relu,
    }

    struct Assigned {
        fc: Linear<4, 3>,
        last: Relu,
    }
}

network! {
    struct Lazy {
        conv: Conv2d<_, 8, 3>(padding = 1),
        flatten: Flatten,
        fc: Linear<_, 3>,
    }

    struct Operations {
        fc: Linear<4, 3>,
        attn: MultiheadAttention<3, 1>,
    }

    fn forward(x: [n, 4]) -> [n, 3] {
        let y = fc(x).relu();
        let y = y / n;
        let y = y + y.randn_like();
        let y = y.flip([1]);
        let (y, _) = attn.forward_masked(y, y, y, None, Some(Mask::causal(y)));
        y
    }
}

fn main() {}
