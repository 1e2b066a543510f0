// Groups may be a size that is inferred; it is checked where it is known.
use netdsl::prelude::*;

network! {
    struct Depthwise {
        conv: Conv2d<c, c, 3>(groups = c),
        wide: Conv2d<_, 48, 1>(groups = c),
    }

    fn forward(x: [c, _, _]) -> [_, _, _] {
        wide(conv(x))
    }

    struct Net {
        stem: Conv2d<3, 16, 3>,
        block: Depthwise,
    }

    struct Up {
        up: ConvTranspose1d<c, 6, 2>(groups = c),
        norm: GroupNorm<c, _>,
    }

    fn forward(x: [c, _], y: [6, c]) -> ([6, _], [_, _]) {
        (up(x), norm(y))
    }

    struct Open {
        conv: Conv2d<_, 8, 3>(groups = 4),
        norm: GroupNorm<2, 8>,
    }

    struct Zero {
        up: ConvTranspose1d<6, 6, 2>(groups = c),
    }

    fn forward(x: [6, _], y: [c]) -> ([6, _], [3]) {
        (up(x), y)
    }

    struct Six {
        up: Up,
    }

    fn forward(x: [3, _], y: [6, _]) -> ([6, _], [_, _]) {
        up(x, y)
    }
}
