use netdsl::prelude::*;

network! {
    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 256>,
        out: Linear<_, classes>,
    }

    struct Head<width, classes> {
        out: Linear<_, classes>,
    }

    fn forward(x: [width, _]) -> [_] {
        out(x.flatten())
    }

    struct Split<heads, parts, depth, skip> {
        out: Linear<_, 24>,
        blocks: [Relu; depth],
        shortcut: Option<Tanh>(when = skip == 1),
    }

    fn forward(x: [2]) -> [_] {
        shortcut(blocks(out(x))).reshape([heads, _]).flatten().reshape([parts * 2, _]).flatten()
    }
}
