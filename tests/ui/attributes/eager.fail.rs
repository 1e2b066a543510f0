use netdsl::prelude::*;

network! {
    #[eager(now)]
    struct First {
        fc: Linear<4, 5>,
    }

    #[eager]
    #[loaded]
    struct Second {
        fc: Linear<4, 5>,
    }
}

fn main() {}
