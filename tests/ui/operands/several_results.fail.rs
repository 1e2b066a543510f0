use netdsl::prelude::*;

network! {
    struct Net {
        rnn: Lstm<_, 4>,
        fc: Linear<_, 4>,
    }

    fn forward(x: [5, 3]) -> [5, 4] {
        let y = rnn(x);
        (y + fc(x)) * (0.5 - rnn(x))
    }
}

network! {
    struct InOrder {
        rnn: Lstm<_, 4>,
        fc: Linear<_, 4>,
    }
}

fn main() {}
