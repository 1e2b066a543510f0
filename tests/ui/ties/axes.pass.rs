//! Parameters of one shape can be one.
use netdsl::prelude::*;

network! {
    struct Shapes {
        encode: Linear<8, 8>,
        norm: LayerNorm<8>(weight = encode.bias),
        out: Linear<8, 8>(bias = encode.bias),
    }
}

#[test]
fn builds() {
    let net = network!(Shapes).unwrap();
    assert_eq!(net.count_parameters(), 64 + 8 + 8 + 64);
}
