//! A layer needs a shape rule.
use netdsl::prelude::*;

netdsl::layer! {
    struct Scale<features>;
}

network! {
    struct InOrder {
        fc: Linear<_, 8>,
        scale: Scale<_>,
    }
}

network! {
    struct Called {
        fc: Linear<_, 8>,
        scale: Scale<_>,
    }

    fn forward(x: [_]) -> [8] {
        scale(fc(x).relu())
    }
}

fn main() {}
