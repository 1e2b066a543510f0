use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv1d<2, 2, 3>(padding = 1),
        fc: Linear<8, 4>,
    }

    fn forward(x: [2, n]) -> ([2, n], [2, 4]) {
        (conv(x), fc(x))
    }
}
