use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<10, 4>,
        decode: Linear<4, _>,
    }

    fn forward(x: [n]) -> [n] {
        decode(encode(x).relu())
    }
}
