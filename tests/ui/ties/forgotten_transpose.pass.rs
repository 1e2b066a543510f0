//! A decoder's weight is its encoder's the other way round.
use netdsl::prelude::*;

network! {
    struct Tied {
        encode: Linear<8, 4>,
        decode: Linear<4, 8>(weight = encode.weight.t()),
    }
}

network! {
    struct Same {
        first: Linear<8, 4>,
        back: Linear<4, 8>,
        second: Linear<8, 4>(weight = first.weight),
    }
}

#[test]
fn builds() {
    let tied = network!(Tied).unwrap();
    assert_eq!(tied.parameter("decode.weight").unwrap().shape(), [8, 4]);
    let same = network!(Same).unwrap();
    assert_eq!(same.parameter("second.weight").unwrap().shape(), [4, 8]);
}
