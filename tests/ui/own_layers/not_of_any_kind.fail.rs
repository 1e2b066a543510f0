//! What is given for a kind of layers says that it takes one tensor and gives one.
use netdsl::graph::{Scope, Tensor};
use netdsl::prelude::*;

netdsl::layer! {
    /// Passes on what it gets.
    pub struct Pass<features>;
}

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

    struct OfRecurrent {
        pairs: [Pair::<Lstm>; 2],
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
