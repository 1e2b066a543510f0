use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        pool: AdaptiveAvgPool2d<(-3, 2)>,
        norm: LayerNorm<(-3, 2)>,
        split: Unflatten<1, (-3, 2)>,
    }

    fn forward(x: [1, 8, 8], y: [6]) -> ([_, 6], [_, _, _], [_, 2]) {
        let pooled = norm(pool(x));
        (fc(y).reshape([-2, 6]), pooled, split(y))
    }
}

fn main() {}
