use netdsl::prelude::*;

network! {
    #[eager]
    struct First {
        fc: Linear<4, 5>,
    }

    #[loaded]
    struct Second {
        fc: Linear<4, 5>,
    }
}
