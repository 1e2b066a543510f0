use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
    }

    fn forward(x: [4], mask: [_]) {
        fc(x) * mask
    }
}
