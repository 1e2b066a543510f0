use netdsl::prelude::*;

network! {
    struct Projections {
        conv: Conv2d<3, 8, 3>,
        q: Linear<_, 4>,
        k: Linear<_, 4>,
        v: Linear<_, 4>,
    }

    fn forward(x: [3, 10, 10]) -> [4] {
        let map = conv(x).flatten();
        q(map) + k(map) + v(map)
    }

    struct Batch {
        conv: Conv2d<_, 8, 3>,
        out: Linear<_, 2>,
    }

    fn forward(x: [1, 28, 28]) -> [2] {
        out(conv(x).flatten())
    }

    struct Windows {
        q: Linear<_, 8>,
    }

    fn forward(x: [8, w, 8]) -> [2, _, 16, 8] {
        q(x.reshape([2, 4, _, 4, 8]).permute([0, 1, 3, 2, 4, 5]).flatten_axes(3, 4))
    }

    struct Beside {
        fc: Linear<_, _>,
    }

    fn forward(x: [t, n]) -> [t, n] {
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
        places: Parameter<[36, 64]>,
        encoder: TransformerEncoderLayer<64, 4>,
    }

    fn forward(x: [3, 24, 24]) -> [64] {
        let x = patch(x).flatten_axes(2, 3).transpose(1, 2);
        encoder(x + places()).mean(1)
    }
}

fn main() {}
