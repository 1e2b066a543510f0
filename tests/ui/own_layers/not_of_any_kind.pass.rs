//! A layer of one's own says that it takes one tensor and gives one; what gives several is put into a network that does.
use netdsl::graph::{Scope, Tensor};
use netdsl::prelude::*;

netdsl::layer! {
    /// Passes on what it gets.
    pub struct Pass<features>;
}

netdsl::unary_layer!(Pass);

impl Pass {
    /// `[features]` → `[features]`
    pub const fn forward<'t>(&self, _at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        x
    }
}

network! {
    struct Pair<B: UnaryLayer> {
        first: B,
        second: B,
    }

    struct OfPasses {
        pair: Pair::<Pass>,
        head: Linear<_, 3>,
    }

    struct Recurrent {
        lstm: Lstm<4, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let (y, _) = lstm(x);
        y
    }

    struct OfRecurrent {
        pairs: [Pair::<Recurrent>; 2],
        head: Linear<4, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let mut x = x;
        for pair in pairs {
            x = head(pair(x));
        }
        x
    }
}

fn main() {}
