use netdsl::prelude::*;

network! {
    struct Net {
        layers: [Linear<4, 4>; 3],
    }
}
