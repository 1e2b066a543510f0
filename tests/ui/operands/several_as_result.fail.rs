//! A layer that gives several results where one tensor is promised.
use netdsl::prelude::*;

network! {
    struct Net {
        rnn: Lstm<_, 4>,
    }

    fn forward(x: [28, 3]) -> [28, 4] {
        rnn(x)
    }

    struct Early {
        rnn: Gru<4, 4>,
        rnns: [Gru<4, 4>; 2],
    }

    fn forward(x: [28, 4]) -> [28, 4] {
        if DEEP {
            return rnns[0](-rnn(x));
        }
        match DEEP {
            true => rnn(x),
            false => {
                rnn.over(1)(x)
            }
        }
    }

    struct Alone {
        attn: Twice,
    }

    struct Twice {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> ([4], [4]) {
        (fc(x), x)
    }
}

const DEEP: bool = true;

fn main() {}
