use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [5, 3]) -> [4] {
        fc(x).amax(1)
    }
}

fn main() {}
