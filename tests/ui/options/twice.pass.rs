use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 3>(bias = false),
    }

    fn forward(x: [4]) {
        fc(x)
    }
}
