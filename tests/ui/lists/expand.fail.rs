use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3]) -> [4, 5] {
        fc(x).expand([4, 5])
    }
}

fn main() {}
