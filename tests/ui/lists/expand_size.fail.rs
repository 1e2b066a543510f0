use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [1, 3]) -> [2, 8] {
        fc(x).expand([2, 8])
    }
}

fn main() {}
