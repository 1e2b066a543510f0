use netdsl::prelude::*;

network! {
    struct Halved {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3]) -> [4] {
        1.0 / 2.0 * fc(x)
    }
}
