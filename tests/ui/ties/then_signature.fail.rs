use netdsl::prelude::*;

network! {
    struct Net {
        encode: Linear<_, 32>,
        decode: Linear<_, 10>(weight = encode.weight.t()),
    }

    fn forward(x: [8]) -> [8] {
        decode(encode(x))
    }

    struct NotTurned {
        encode: Linear<_, 32>,
        decode: Linear<_, _>(weight = encode.weight),
        last: Linear<8, 2>,
    }

    fn forward(x: [8]) -> [2] {
        last(decode(encode(x)))
    }

    struct Sum {
        a: Linear<8, 16>,
        b: Linear<8, 9>(weight = a.weight),
    }

    fn forward(x: [8]) -> [16] {
        a(x) + b(x)
    }
}

fn main() {}
