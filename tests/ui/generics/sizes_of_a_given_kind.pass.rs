use netdsl::prelude::*;

network! {
    struct Wrap<L: UnaryLayer> {
        layer: L,
        out: Linear<_, 3>,
    }

    struct Seven {
        layer: Linear<_, 7>,
    }

    struct Uses {
        wrap: Wrap::<Seven>,
    }

    fn forward(x: [4]) -> [3] {
        wrap(x)
    }
}

fn main() {
    let _ = network!(Uses);
    let _ = network!(Wrap::<Relu>);
}
