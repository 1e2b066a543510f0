//! A tensor is no array: layers take all of its places at once.
use netdsl::prelude::*;

network! {
    struct Rows {
        fc: Linear<4, 4>,
    }

    fn forward(x: [n, 4]) -> [n, 4] {
        let mut out = x;
        for row in x {
            out = out + fc(row);
        }
        out
    }
}

network! {
    struct Steps {
        fc: Linear<4, 4>,
    }

    fn forward(x: [3, 4]) -> [4] {
        let mut sum = x.sum(1);
        for (_i, step) in fc(x).iter().enumerate() {
            sum = sum + step;
        }
        sum
    }
}

network! {
    struct Results {
        lstm: Lstm<4, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let mut sum = x;
        for result in lstm(x) {
            sum = sum + result;
        }
        sum
    }
}

fn main() {}
