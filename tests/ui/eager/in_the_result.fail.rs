use netdsl::prelude::*;

network! {
    /// Two numbers of the input would tell the width of what is added, or one of the result.
    #[eager]
    struct Net {
        seen: Conv2d<3, 8, 3>,
        other: Linear<4, _>,
    }

    fn forward(image: [3, _, _], x: [4]) -> [_] {
        other(x) + seen(image).flatten()
    }
}

fn main() {}
