use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 2>,
    }

    fn forward(x: [t, 4]) -> [2] {
        fc(x.select_index(2, 0).mean(1).unsqueeze(1))
    }

    struct Other {
        fc: Linear<_, 2>,
    }

    fn forward(x: [t, 4]) -> [2] {
        let y = x.select_index(1, 0).slice(1, 1..);
        fc(y)
    }
}

fn main() {}
