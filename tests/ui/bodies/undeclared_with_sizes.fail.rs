//! A layer with its sizes in a body is declared in the struct.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3, 3]) -> [3, 4] {
        let y = Linear::<3, 4>(x).relu();
        y + Conv1d::<_, 4, 1>(x)
    }
}

fn main() {}
