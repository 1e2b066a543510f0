use netdsl::prelude::*;

network! {
    struct Net {
        x: Linear<4, 5>,
    }

    fn forward(input: [4]) {
        x(input)
    }
}
