use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>, gamma: Parameter<[4]>,
    }

    fn forward(x: [3]) -> [4] {
        gamma(fc(x))
    }
}

fn main() {}
