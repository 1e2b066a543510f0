// A range along an axis lies within it, and what it leaves is held against all else.
use netdsl::prelude::*;

const fn last(x: Tensor<'_>, range: Arg) -> Tensor<'_> {
    x.slice(1, range)
}

network! {
    struct Beyond {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8]) -> [4] {
        fc(x.slice(1, 2..9)) + fc(x.slice(1, -9..))
    }

    struct Computed {
        fc: Linear<_, 4>,
    }

    fn forward(x: [n], y: [8, n]) -> [4] {
        fc(x).relu() + fc(y.sum(1)).slice(1, ..n - 20) + fc(x.slice(1, ..10))
    }

    struct Declared {
        fc: Linear<6, 4>,
    }

    fn forward(x: [8]) -> [4] {
        fc(x.slice(1, 1..))
    }

    struct Samples {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8]) -> [4] {
        fc(x.slice(0, 1..)) + fc(last(x, ..-9)) + fc(x.slice(1, 0.5..))
    }

    struct Places {
        position: Embedding<8, 4>,
    }

    fn forward(x: [t]) -> [t, 5] {
        position(x.arange(1)) + position(x.arange(0)) + position(x.arange(2))
    }
}

fn main() {}
