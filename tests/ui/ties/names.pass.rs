//! A parameter is that of a layer of this network.
use netdsl::prelude::*;

network! {
    struct Layers {
        encode: Linear<_, 8>,
        decode: Linear<_, _>(weight = encode.weight.t()),
        stack: [Linear<8, 8>; 2],
        out: Linear<8, 8>,
        more: [Linear<8, 8>; 2],
    }

    fn forward(x: [8]) -> [8] {
        more(out(stack(decode(encode(x)))))
    }
}

#[test]
fn builds() {
    assert_eq!(
        network!(Layers).unwrap().count_parameters(),
        64 + 8 + 8 + 5 * 72
    );
}
