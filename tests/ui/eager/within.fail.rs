//! A network of which nothing may wait is one within another network, too.
use netdsl::prelude::*;

network! {
    #[eager]
    struct Encoder<inputs> {
        fc: Linear<inputs, 3>,
    }

    struct Net {
        encoder: Encoder<_>,
        out: Linear<_, 2>,
    }

    fn forward(x: [_]) -> [2] {
        out(encoder(x))
    }

    struct Sized<width> {
        encoder: Encoder<width>,
    }
}

fn main() {
    network!(Sized<_>).unwrap();
}
