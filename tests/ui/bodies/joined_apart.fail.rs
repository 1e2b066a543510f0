//! What is joined stands in an array.
use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<_, 4>,
        b: Linear<_, 4>,
    }

    fn forward(x: [t, 4]) -> _ {
        let y = cat(a(x), b(x));
        let y = cat(y, x, 2);
        let y = stack(y, a(y), y);
        let z = x.cat(y, -1);
        x.concat(y, z)
    }
}

fn main() {}
