use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 2>,
    }

    fn forward(x: [4]) -> [2] {
        fc(x)
    }

    struct Other {
        fc: Linear<4, 2>,
    }

    fn forward(mut x: [4]) -> [2] {
        x = x.relu();
        fc(x)
    }
}

fn main() {}
