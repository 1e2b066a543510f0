use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<64, 32>,
    }

    fn forward(x: [64]) -> [32] {
        fc(fc(x).relu())
    }
}

fn main() {}
