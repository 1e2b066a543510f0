// A size is computed with by operators and the square root.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [d]) -> [4] {
        fc(x / d.powf(0.5)) + (fc(x) * d).relu()
    }
}

fn main() {}
