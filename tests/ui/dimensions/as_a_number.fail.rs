//! A size may be open as long as the compiler looks: it is computed with, but nothing goes by it.
use netdsl::prelude::*;

network! {
    struct Net<k> {
        fc: Linear<n, 12>,
    }

    fn forward(x: [n]) -> [k] {
        let y = fc(x).narrow(1, 0, k);
        let z = if n > 3 { y } else { y * 2 };
        for _ in 0..n {}
        z + fc
    }
}

network! {
    struct Computed<k> {
        fc: Linear<k, 12>,
    }

    fn forward(x: [k]) -> [12] {
        let twice = 2 * k;
        if twice > 8.0 { fc(x) } else { fc(x).narrow(1, 0, twice) }
    }
}

fn main() {}
