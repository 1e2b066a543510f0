use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 5>,
        b: Linear<5, 10>,
    }

    fn forward(x: [4]) -> [10] {
        let y = a(x);
        let z = b(y);
        if SHORT {
            return y;
        }
        z
    }
}

const SHORT: bool = true;

fn main() {}
