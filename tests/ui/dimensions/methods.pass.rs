use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [d]) -> [4] {
        fc(x / d.sqrt()) + (fc(x) * d).relu()
    }
}

fn main() {}
