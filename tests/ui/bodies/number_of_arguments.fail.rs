//! Layers are called with as many arguments as they take.
use netdsl::prelude::*;

network! {
    struct Both<width> {
        fc: Linear<_, width>,
    }

    fn forward(x: [_, _], y: [_, _]) -> [_, width] {
        fc(x) + fc(y)
    }

    struct Net {
        fc: Linear<4, 8>,
        lstm: Lstm<_, 8>,
        attention: MultiheadAttention<8, 2>,
        gain: Parameter<[8]>,
        both: [Both<8>; 2],
        mix: Option<Bilinear<8, 8, 8>>(when = true),
    }

    fn forward(x: [5, 4]) -> [5, 8] {
        let mut y = fc(x, x) * gain(x);
        let (z, state) = lstm(y, None);
        let (z, _) = lstm.forward_from(z);
        let (z, _) = attention(z, z);
        y += both[0](z) + mix(z) * 2.0;
        for both in both {
            y = both(y);
        }
        y + fc.over(1)(x, x) + fc()
    }
}

network! {
    struct InOrder {
        hidden: Linear<_, 8>,
        mix: Bilinear<_, _, 4>,
        head: Linear<_, 2>,
    }
}

network! {
    struct OfAKind<B: UnaryLayer> {
        layer: B,
    }

    fn forward(x: [_]) {
        layer(x, x)
    }
}

fn main() {}
