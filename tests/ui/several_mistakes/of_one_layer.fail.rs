use netdsl::prelude::*;

network! {
    struct Net {
        first: Conv2d<3, 8, 3>,
        second: Conv2d<7, 9, 3>(padding_mode = "mirror"),
    }

    fn forward(image: [3, _, _]) -> [9, _, _] {
        second(first(image))
    }
}

fn main() {}
