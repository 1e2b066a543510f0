use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3]) -> [2, 2] {
        fc(x).view([2, 2])
    }
}

fn main() {}
