use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<5, 2>,
    }

    fn forward(x: [5]) {
        fc(x)
    }
}
