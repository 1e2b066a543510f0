//! A size that an operation has made is that operation's, and not the input's.
use netdsl::prelude::*;

network! {
    struct Classified {
        cls: Parameter<[16]>,
        embed: Linear<_, 16>,
        head: Linear<_, 2>,
    }

    fn forward(x: [t, 9]) -> [2] {
        head(cat([cls().unsqueeze(0), embed(x)], 1).select_index(1, 0))
    }

    struct Expanded {
        head: Linear<_, 2>,
    }

    fn forward(x: [3, 4]) -> _ {
        head(x.unsqueeze(1).expand([2, -1, -1]).select_index(1, 0))
    }
}

fn main() {}
