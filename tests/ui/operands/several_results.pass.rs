use netdsl::prelude::*;

network! {
    struct Net {
        rnn: Lstm<_, 4>,
        fc: Linear<_, 4>,
    }

    fn forward(x: [5, 3]) -> [5, 4] {
        let (y, _) = rnn(x);
        (y + fc(x)) * (0.5 - rnn(x).0)
    }
}

network! {
    struct InOrder {
        rnn: Lstm<_, 4>,
        fc: Linear<_, 4>,
    }

    fn forward(x: [_, _]) -> [_, 4] {
        fc(rnn(x).0)
    }
}

fn main() {}
