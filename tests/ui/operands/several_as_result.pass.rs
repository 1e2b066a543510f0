use netdsl::prelude::*;

network! {
    struct Net {
        rnn: Lstm<_, 4>,
    }

    fn forward(x: [28, 3]) -> [28, 4] {
        let (y, _) = rnn(x);
        y
    }

    struct Early {
        rnn: Gru<4, 4>,
        rnns: [Gru<4, 4>; 2],
    }

    fn forward(x: [28, 4]) -> [28, 4] {
        let (y, _) = rnn(x);
        let (z, _) = rnns[0](-y);
        let (w, _) = rnns[1](z);
        if DEEP {
            return z;
        }
        match DEEP {
            true => y,
            false => {
                w
            }
        }
    }

    struct Alone {
        attn: Twice,
    }

    fn forward(x: [4]) -> [4] {
        let (y, _) = attn(x);
        y
    }

    struct Twice {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> ([4], [4]) {
        (fc(x), x)
    }
}

const DEEP: bool = false;

pub fn main() {}
