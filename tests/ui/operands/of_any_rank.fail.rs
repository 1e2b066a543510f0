//! How many axes the input has is not known, but the last sizes of both sides are.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 8>,
        gain: Parameter<[7]>,
    }

    fn forward(x) {
        fc(x) * gain()
    }
}

fn main() {}
