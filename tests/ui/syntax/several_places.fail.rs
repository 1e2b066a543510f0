use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 2>,
    }

    fn forward(x: [t, 4]) -> [2] {
        fc(x[.., 0])
    }

    struct Other {
        fc: Linear<_, 2>,
    }

    fn forward(x: [t, 4]) -> [2] {
        let y = x[0, 1];
        fc(y)
    }
}

fn main() {}
