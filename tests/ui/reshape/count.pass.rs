use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
    }

    fn forward(x: [4]) -> [4, 3] {
        fc(x).reshape([_, 3])
    }
}
