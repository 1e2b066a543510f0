//! A parameter of another layer is named by its path, and transposed by `.t()`.
use netdsl::prelude::*;

network! {
    struct Net {
        encode: Linear<4, 3>,
        middle: Linear<3, 3>,
        decode: Linear<_, _>(weight = encode.weight.t()),
        again: Linear<4, 3>(weight = encode.weight),
    }
}
