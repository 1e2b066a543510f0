//! PyTorch's ways of writing networks are told with these.
use netdsl::prelude::*;

network! {
    struct Module {
        first: nn.Linear<4, 3>,
        second: Linear<_, 2>,
    }

    struct Sequence {
        Linear<4, 3>, Relu, Linear<3, 2>,
        last: Relu,
    }

    struct Nested {
        body: Sequential<Linear<4, 3>, Relu>,
        last: Relu,
    }

    struct Assigned {
        fc = Linear<4, 3>,
        last: Relu,
    }
}

network! {
    struct Lazy {
        conv: LazyConv2d<8, 3>(padding = 1),
        fc: LazyLinear<3>,
    }

    struct Operations {
        fc: Linear<4, 3>,
        attn: MultiheadAttention<3, 1>,
    }

    fn forward(x: [5, 4]) -> [5, 3] {
        let y = torch::relu(fc(x));
        let y = y / y.size(1);
        let y = y + y.randn_like([3]);
        let y = y.flip([]);
        let (y, _) = attn.forward_masked(y, y, y, mask = Some(Mask::causal(y)));
        y
    }
}

fn main() {}
