use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        pool: AdaptiveAvgPool2d<(3, _)>,
        norm: LayerNorm<(3, 8)>,
        split: Unflatten<1, (-1, 2)>,
    }

    fn forward(x: [1, 8, 8], y: [6]) -> ([2, 6], [1, 3, 8], [3, 2]) {
        let pooled = norm(pool(x));
        (fc(y).reshape([-1, 6]), pooled, split(y))
    }
}
