use netdsl::prelude::*;

network! {
    struct Semicolon {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let y = fc(x);
        y
    }

    struct Name {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        fc(x).relu()
    }

    struct Value {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let y = fc(x);
        let z = y;
        z
    }

    struct Operand {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        { fc(x) + 1.0 }
    }

    struct Sizes {
        fc: Linear<_, 8>,
        out: Linear<8, 2>,
        end: Linear<2, 3>
    }

    fn twice(x: Tensor) -> Tensor {
        x.square()
    }

    struct Shape {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        twice(fc(x))
    }
}

network! {
    struct Layers<inputs> {
        fc: Linear<inputs, 8>,
    }
}

fn main() {
    let _ = network!(Layers<4>);
    let _ = network!(Layers<3>, seed = 7);
}
