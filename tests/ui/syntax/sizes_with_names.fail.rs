//! Sizes have no names, options have, and layers are declared.
use netdsl::prelude::*;

network! {
    struct Named {
        fc: Linear<in_features = 3, out_features = 4>,
        conv: Conv2d<_, 8, kernel_size = 3>,
        strided: Conv2d<_, 8, 3, stride = 2>,
        last: Relu,
    }

    struct Nameless {
        conv: Conv2d<_, 8, 3>(1),
        flatten: Flatten(2),
        dropout: Dropout(0.5),
        norm: LayerNorm(8),
    }

    struct Made {
        conv: Conv2d::new(1, 8, 3),
        scale: Parameter(torch.zeros(8)),
        shift: nn.Parameter(torch.zeros(8)),
        fc: torch::nn::Linear<8, 2>,
        pool: torch.nn.MaxPool2d(2),
    }

    struct Configured {
        conv: Conv2d<_, 8, 3>.padding(1),
        pool: Conv2d<_, 8, 3> { padding: 1 },
        norm: Conv2d<_, 8, 3>(padding: 1),
        last: Relu,
    }

    struct Stacked {
        endless: [Linear<_, 8>],
        listed: [Linear<_, 8>, 3],
        last: Relu,
    }
}

fn main() {}
