use netdsl::prelude::*;

network! {
    struct First {
        a: Linear<4, 8>,
        b: Linear<9, 1>,
    }

    struct Second {
        a: Linear<5, 6>,
        b: Linear<7, 1>,
    }
}

fn main() {}
