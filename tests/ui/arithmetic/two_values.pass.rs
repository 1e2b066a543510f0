use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<8, width + 2>,
        third: Linear<10, 5>,
    }
}
