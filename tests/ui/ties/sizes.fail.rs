//! The sizes of a tied layer are those of its owner, the other way round.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        decode: Linear<12, 60>(weight = encode.weight.t()),
    }
}

network! {
    /// The tied layer runs before its owner.
    struct Backwards {
        encode: Linear<60, 10>(weight = decode.weight.t()),
        decode: Linear<10, 64>,
    }
}

network! {
    struct Inner {
        fc: Linear<_, 12>,
    }

    struct Outer {
        inner: Inner,
        first: Linear<12, 10>(weight = inner.fc.weight),
        stack: [Linear<12, 12>; 2],
        more: [Linear<10, _>(weight = stack[1].weight); 2],
    }

    fn forward(x: [64]) -> [_] {
        more(first(stack(inner(x))))
    }
}

fn main() {}
