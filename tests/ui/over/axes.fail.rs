// A layer goes over an axis of all its arguments, which all its results have again.
use netdsl::prelude::*;

network! {
    struct Frames {
        conv: Conv2d<_, 8, 3>,
        attn: MultiheadAttention<4, 2>,
    }

    fn forward(x: [5, 3, 9, 9], y: [2, 6, 4], z: [3, 6, 4]) -> ([5, 8, 7, 7], [2, 6, 4]) {
        let (w, _) = attn.over(1)(y, z, z);
        let (u, _) = attn.over(0)(y, y, y);
        let (v, _) = attn.over(5)(y, y, y);
        (conv(x), w + u + v)
    }

    struct Image {
        conv: Conv2d<_, 8, 1>,
    }

    fn forward(x: [_, _]) -> [_, 8] {
        conv(x.unsqueeze(2)).mean(2).transpose(1, 2)
    }

    struct Flat {
        fc: Linear<_, 8>,
        position: Embedding<10, 8>,
        gru: Gru<_, 8>,
        flatten: Flatten,
        frames: Image,
    }

    fn forward(x: [2, 3, 4]) -> [_, _] {
        let places = fc.over(1)(position(x.arange(3)));
        let (y, _) = gru(x);
        flatten.over(3)(x) + fc(x).sum(1) + places.sum(0) + y + frames(x)
    }
}

fn main() {}
