// A layer goes over an axis of all its arguments, which all its results have again.
use netdsl::prelude::*;

network! {
    struct Frames {
        conv: Conv2d<_, 8, 3>,
        attn: MultiheadAttention<4, 2>,
    }

    fn forward(x: [5, 3, 9, 9], y: [2, 6, 4], z: [2, 7, 4]) -> ([5, 8, 7, 7], [2, 6, 4]) {
        let (w, _) = attn.over(1)(y, z, z);
        let (u, _) = attn.over(1)(y, y, y);
        let (v, _) = attn.over(2)(y, y, y);
        (conv.over(1)(x), w + u + v)
    }

    struct Image {
        conv: Conv2d<_, 8, 1>,
    }

    fn forward(x: [_, _]) -> [_, 8] {
        conv(x.unsqueeze(2)).mean(2).transpose(1, 2)
    }

    struct Flat {
        fc: Linear<_, 8>,
        position: Embedding<10, 4>,
        gru: Gru<_, 8>,
        flatten: Flatten,
        frames: Image,
    }

    fn forward(x: [2, 3, 4]) -> [2, _] {
        let places = fc.over(1)(position(x.arange(2)) + x);
        let (y, _) = gru.over(1)(x);
        let frames = flatten.over(1)(frames.over(1)(x));
        flatten.over(1)(places) + flatten.over(1)(y) + frames.slice(2, ..24)
    }
}
