use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<2, 3>(in_features = 1, bias = false),
    }
}

fn main() {}
