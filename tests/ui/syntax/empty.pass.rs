use netdsl::prelude::*;

network! {
    struct Identity {}

    fn forward(x: [_]) -> [_] {
        x
    }
}
