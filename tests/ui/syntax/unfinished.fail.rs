//! Code that ends too early is told where it ends.
use netdsl::prelude::*;

network! {
    struct Semicolon {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let y = fc(x)
    }

    struct Name {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        fc(x).
    }

    struct Value {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let y = fc(x);
        let z =
    }

    struct Operand {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        { fc(x) + }
    }

    struct Sizes {
        fc: Linear<<_, 8>,
        out: Linear<8, 2 *>,
        end: Linear<2, 3
    }

    fn twice(x: Tensor) -> Tensor {
        x.
    }

    struct Shape {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) ->
}

network! {
    struct Body {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8]
}

network! {
    struct Arguments {
        fc: Linear<_, 8>,
    }

    fn forward
}

network! {
    struct Layers
}

fn main() {
    let _ = network!(Layers<);
    let _ = network!(Layers<3>, seed =);
}
