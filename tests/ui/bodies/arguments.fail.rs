use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<8, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let y = a(3.0);
        b(a(x), y)
    }
}

fn main() {}
