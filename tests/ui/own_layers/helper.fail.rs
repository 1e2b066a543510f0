use netdsl::prelude::*;

/// Each half of the features with the other one.
const fn crossed(x: Tensor<'_>) -> Tensor<'_> {
    let [a, b] = x.chunk(1);
    a.mul(b)
}

network! {
    struct Net {
        fc: Linear<4, 7>,
    }

    fn forward(x: [4]) {
        crossed(fc(x))
    }
}

fn main() {}
