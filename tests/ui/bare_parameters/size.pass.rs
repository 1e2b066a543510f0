use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>, gamma: Parameter<[5]>,
    }

    fn forward(x: [3]) -> [4] {
        fc(x) * gamma().narrow(0, 1, 4)
    }
}

fn main() {}
