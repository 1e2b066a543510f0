use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8, 3]) -> [_, 4] {
        fc(x.slice(1, ..3).pad([1, 1]))
    }

    struct Along {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8, 3]) -> [_, 4] {
        fc(x).slice(1, 1..)
    }
}

fn main() {}
