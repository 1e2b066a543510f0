//! What has no end.
use netdsl::prelude::*;

network! {
    struct Tree {
        fc: Linear<_, 4>,
        branch: Branch,
    }

    struct Branch {
        twigs: [Tree; 2],
    }
}

network! {
    struct Forever {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let mut x = x;
        while true {
            x = fc(x);
        }
        x
    }
}

fn main() {}
