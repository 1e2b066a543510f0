use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [1, 3]) -> [2, 8] {
        cat([fc(x), fc(x)], 2).expand([2, _])
    }
}

fn main() {}
