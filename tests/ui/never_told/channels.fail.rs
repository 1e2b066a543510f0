use netdsl::prelude::*;

network! {
    struct Net {
        first: Conv2d<3, _, 1>,
        norm: BatchNorm2d<_>,
        last: Conv2d<_, 4, 1>,
    }

    fn forward(x: [3, _, _]) -> [4, _, _] {
        last(norm(first(x)))
    }
}

network! {
    struct InStructForm {
        first: Conv1d<3, middle, 3>,
        last: Conv1d<middle, 4, 1>,
    }
}

fn main() {}
