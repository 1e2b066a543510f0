// Ranges are half open, and count from the end by numbers only.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [t, n]) -> [_, 4] {
        let y = fc(x.slice(1, 1..=t));
        y + fc(x.slice(1, ..-t)) + fc(x.slice(1, -(t - 1)..)) + fc(x.narrow(1, 0, t))
    }
}

fn main() {}
