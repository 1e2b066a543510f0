//! A layer whose parameter another one takes cannot just be deleted.
use netdsl::prelude::*;

network! {
    struct Net {
        encode: Linear<6, 3>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }

    fn forward(code: [3]) -> [6] {
        decode(code)
    }
}

fn main() {}
