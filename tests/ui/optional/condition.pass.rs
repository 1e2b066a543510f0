// A condition is known when the network is built, and true or false.
use netdsl::prelude::*;

network! {
    struct Block<inputs, outputs> {
        fc: Linear<inputs, outputs>,
        project: Option<Linear<inputs, outputs>>(when = inputs != outputs),
    }

    fn forward(x: [inputs]) -> [outputs] {
        fc(x) + project(x)
    }

    struct Number {
        fc: Linear<4, 4>,
        norm: Option<LayerNorm<_>>(when = true),
    }

    struct Inferred {
        fc: Linear<_, 4>,
        norm: Option<LayerNorm<_>>(when = 4 > 3),
    }

    fn forward(x: [n]) -> [_] {
        norm(fc(x))
    }
}

fn main() {
    let _ = network!(Block<5, 4>);
}
