//! A decoder's weight is its encoder's the other way round.
use netdsl::prelude::*;

network! {
    struct Tied {
        encode: Linear<8, 4>,
        decode: Linear<4, 8>(weight = encode.weight),
    }
}

network! {
    struct Same {
        first: Linear<8, 4>,
        back: Linear<4, 8>,
        second: Linear<8, 4>(weight = first.weight.t()),
    }
}

fn main() {}
