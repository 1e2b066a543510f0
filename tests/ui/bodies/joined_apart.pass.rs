//! What is joined stands in an array.
use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<_, 4>,
        b: Linear<_, 4>,
    }

    fn forward(x: [t, 4]) -> _ {
        let y = cat([a(x), b(x)], 1);
        let y = cat([y, y], 2);
        let y = stack([y, y, y], 1);
        let z = cat([y, y], -1);
        cat([z, z, z], 1)
    }
}

mod with_names_of_ones_own {
    use netdsl::prelude::*;

    const AXIS: i64 = 1;

    network! {
        struct Net {
            a: Linear<_, 4>,
        }

        fn forward(x: [t, 4]) -> _ {
            let both = [x, a(x)];
            stack(cat(both, AXIS), x)
        }

        fn stack(a: Tensor, b: Tensor) -> Tensor {
            cat([a, b], 1)
        }
    }
}

fn main() {}
