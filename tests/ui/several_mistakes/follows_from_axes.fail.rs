//! A tensor whose axes are wrong is told once, and not by what follows from it.
use netdsl::prelude::*;

network! {
    struct Projections {
        conv: Conv2d<3, 8, 3>,
        q: Linear<_, 4>,
        k: Linear<_, 4>,
        v: Linear<_, 4>,
    }

    fn forward(x: [3, 10, 10]) -> [4] {
        let map = conv(x);
        q(map) + k(map) + v(map)
    }

    struct Batch {
        conv: Conv2d<_, 8, 3>,
        out: Linear<_, 2>,
    }

    fn forward(x: [batch, 1, 28, 28]) -> [batch, 2] {
        out(conv(x).flatten())
    }

    struct Windows {
        q: Linear<_, 8>,
    }

    fn forward(x: [h, w, 8]) -> [_, _, 16, 8] {
        q(x.reshape([_, 4, _, 4, 8]).permute([0, 1, 3, 2, 4, 5]).flatten_axes(3, 4))
    }

    struct Beside {
        fc: Linear<_, _>,
    }

    fn forward(x: [n]) -> [n] {
        x + fc(x)
    }

    struct Words {
        embed: Embedding<50, 8>,
        beside: Beside,
    }

    fn forward(words: [5]) -> [5, 8] {
        beside(embed(words))
    }

    struct Patches {
        patch: Conv2d<3, 64, 4>(stride = 4),
        places: Parameter<[64, 64]>,
        encoder: TransformerEncoderLayer<64, 4>,
    }

    fn forward(x: [3, 24, 24]) -> [64] {
        let x = patch(x).flatten_axes(2, 3);
        encoder(x + places()).mean(1)
    }
}

fn main() {}
