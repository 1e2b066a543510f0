// What decides whether a layer is there is given, not inferred; so are options such as `stride`.
use netdsl::prelude::*;

network! {
    struct Block<out> {
        conv: Conv2d<inp, out, 3>(padding = 1),
        proj: Option<Conv2d<inp, out, 1>>(when = inp != out),
    }

    fn forward(x: [inp, h, w]) -> [out, h, w] {
        conv(x) + proj(x)
    }

    struct Given<inp, out, stride> {
        conv: Conv2d<inp, out, 3>(padding = 1, stride = stride),
        proj: Option<Conv2d<inp, out, 1>(stride = stride)>(when = stride != 1 || inp != out),
    }

    fn forward(x: [inp, _, _]) -> [out, _, _] {
        conv(x) + proj(x)
    }

    struct Net {
        stem: Conv2d<3, 16, 3>,
        block: Block<16>,
        given: Given<_, 16, 1>,
    }

    struct Strided {
        conv: Conv1d<2, 3, 3>(stride = s),
    }

    fn forward(x: [2, _], y: [s]) -> ([3, _], [s]) {
        (conv(x), y)
    }
}

fn main() {}
