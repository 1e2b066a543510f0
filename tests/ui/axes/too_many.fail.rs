//! A tensor with more axes than there can be.

use netdsl::prelude::*;

network! {
    struct Deep {
        fc: Linear<_, 64>,
    }

    fn forward(x: [4]) -> [_] {
        let x = fc(x).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1);
        x.unsqueeze(1).flatten()
    }
}

fn main() {}
