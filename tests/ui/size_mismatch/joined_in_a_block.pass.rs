use netdsl::prelude::*;

network! {
    struct Up<width> {
        up: ConvTranspose2d<_, width, 2>(stride = 2),
        conv: Conv2d<_, width, 3>(padding = 1),
    }

    fn forward(x: [_, _, _], skip: [_, _, _]) -> [width, _, _] {
        conv(cat([skip, up(x)], 1))
    }

    struct Doubled<width> {
        enter: Linear<_, 2 * width>,
        leave: Linear<2 * width, 3>,
    }
}
