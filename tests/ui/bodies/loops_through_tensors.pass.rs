//! A layer takes all places along an axis at once; one of them is asked for by its number, and parts are an array.
use netdsl::prelude::*;

network! {
    struct Rows {
        fc: Linear<4, 4>,
    }

    fn forward(x: [n, 4]) -> [n, 4] {
        x + fc(x)
    }
}

network! {
    struct Steps {
        fc: Linear<4, 4>,
    }

    fn forward(x: [3, 4]) -> [4] {
        let mut sum = x.sum(1);
        let y = fc(x);
        for i in 0..3 {
            sum = sum + y.select_index(1, i);
        }
        sum
    }
}

network! {
    struct Parts {
        fc: Linear<4, 4>,
    }

    fn forward(x: [3, 4]) -> [1, 4] {
        let mut sum = x.slice(1, ..1);
        for part in x.chunk::<3>(1) {
            sum = sum + fc(part);
        }
        sum
    }
}

network! {
    struct Results {
        lstm: Lstm<4, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let (y, _) = lstm(x);
        x + y
    }
}

fn main() {}
