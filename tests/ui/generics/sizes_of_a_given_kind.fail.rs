use netdsl::prelude::*;

network! {
    struct Wrap<L: UnaryLayer> {
        layer: L,
        out: Linear<_, 3>,
    }

    struct Uses {
        wrap: Wrap::<Linear<_, 7>>,
    }

    fn forward(x: [4]) -> [3] {
        wrap(x)
    }
}

fn main() {
    let _ = network!(Wrap::<Wrap<Conv1d<_, 7, 3>>>);
}
