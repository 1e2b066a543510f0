use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<10, 4>,
        decode: Linear<4, 9>,
    }

    fn forward(x: [n]) -> [n] {
        decode(encode(x).relu())
    }
}

fn main() {}
