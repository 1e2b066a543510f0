//! Methods that take no list are shown as they are written.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4, 4]) -> [4, 4] {
        let y = fc(x).relu([1]);
        let y = y.transpose([1, 2]) + y.matmul([4, 4]);
        y.foo([1])
    }
}

network! {
    struct Alone {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4, 1]) -> [4, 4] {
        let y = x.expand(4);
        fc(y.permute(2, 1))
    }
}

fn main() {}
