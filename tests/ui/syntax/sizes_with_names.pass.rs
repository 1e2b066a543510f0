//! Sizes have no names, options have, and layers are declared.
use netdsl::prelude::*;

network! {
    struct Named {
        conv: Conv2d<3, 8, 3>(stride = 2),
        strided: Conv2d<_, 8, 3>(padding = 1),
        flatten: Flatten(start_dim = 2),
        dropout: Dropout(p = 0.5),
        norm: LayerNorm<9>,
    }

    fn forward(image: [3, 7, 7]) -> [8, 9] {
        norm(dropout(flatten(strided(conv(image)))))
    }

    struct Made {
        pool: MaxPool2d<2>,
        shift: Parameter<[8]>,
        layers: [Linear<_, 8>; 3],
    }

    fn forward(image: [2, 4, 4]) -> [8] {
        layers(pool(image).flatten()) + shift()
    }
}
