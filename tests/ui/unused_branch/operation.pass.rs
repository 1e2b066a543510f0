use netdsl::prelude::*;

network! {
    struct Net {
        trunk: Linear<4, 5>,
    }

    fn forward(x: [4]) {
        let x = trunk(x);
        x.relu()
    }
}
