use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let mut x = x;
        for _ in 0..2 {
            x = fc(x);
        }
        x
    }
}
