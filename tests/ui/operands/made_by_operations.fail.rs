//! A size that an operation has made is that operation's, and not the input's.
use netdsl::prelude::*;

network! {
    struct Classified {
        cls: Parameter<[16]>,
        embed: Linear<_, 16>,
        head: Linear<_, 2>,
    }

    fn forward(x: [t, 9]) -> [2] {
        head(cat([cls().unsqueeze(1), embed(x)], 1).select_index(1, 0))
    }

    struct Expanded {
        head: Linear<_, 2>,
    }

    fn forward(x: [3, 4]) -> _ {
        head(x.expand([2, -1]))
    }
}

fn main() {}
