use netdsl::prelude::*;

network! {
    struct First {
        a: Linear<4, 8>,
        b: Linear<8, 1>,
    }

    struct Second {
        a: Linear<5, 6>,
        b: Linear<6, 1>,
    }
}
