use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 10>,
        b: Linear<10, 10>,
    }

    fn forward(x: [4]) -> [10] {
        let y = a(x);
        let z = b(y);
        if SHORT {
            return y + z;
        }
        z
    }
}

const SHORT: bool = true;
