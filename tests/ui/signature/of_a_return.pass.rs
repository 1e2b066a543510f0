use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        return fc(x);
    }
}
