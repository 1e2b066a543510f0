use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
        gamma: Parameter<[2, 4]>,
    }

    fn forward(x: [3]) -> [4] {
        fc(x) * gamma().sum(0)
    }
}

fn main() {}
