use netdsl::prelude::*;

network! {
    struct Towers {
        tower: Linear<_, 4>,
        head: Linear<_, 2>,
    }

    fn forward(a: [5], b: [5]) -> [2] {
        head(tower(a) - tower(b))
    }
}
