use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3]) -> [6] {
        fc(x).pad([1, 1, 0, 1])
    }
}

fn main() {}
