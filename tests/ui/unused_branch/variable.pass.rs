use netdsl::prelude::*;

network! {
    struct Net {
        trunk: Linear<4, 5>,
        branch: Linear<5, 6>,
    }

    fn forward(x: [4]) {
        let x = trunk(x).relu();
        let y = branch(x).relu();
        (x + y.mean(1).unsqueeze(1)).relu()
    }
}
