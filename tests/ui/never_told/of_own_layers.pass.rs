//! What inputs, or what follows, tell of layers of one's own is open, and no mistake.
use netdsl::prelude::*;

netdsl::layer! {
    /// y = x · A · B, of low rank.
    pub struct Lora<rank, width> {}
}

impl Lora {
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let (rank, width) = (at.size("rank", self.rank), at.size("width", self.width));
        let a = at.parameter("a", &[width.dim, rank.dim], Init::normal());
        let b = at.parameter("b", &[rank.dim, width.dim], Init::normal());
        x.matmul(a).matmul(b)
    }
}

netdsl::layer! {
    /// y = x · W + b, times a factor for each feature.
    pub struct Scaled<inputs, features> {}
}

impl Scaled {
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let inputs = at.size("inputs", self.inputs).dim;
        let features = at.size("features", self.features).dim;
        let weight = at.parameter("weight", &[features, inputs], Init::normal());
        let bias = at.parameter("bias", &[features], Init::Zeros);
        let scale = at.parameter("scale", &[features], Init::Ones);
        x.matmul_transposed(weight).add(bias).mul(scale)
    }
}

netdsl::layer! {
    /// y = x · W, a matrix for each head.
    pub struct Heads<heads, inputs, features> {}
}

impl Heads {
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let heads = at.size("heads", self.heads).dim;
        let inputs = at.size("inputs", self.inputs).dim;
        let features = at.size("features", self.features).dim;
        x.matmul(at.parameter("weight", &[heads, inputs, features], Init::normal()))
    }
}

network! {
    struct Adapted {
        enter: Linear<_, 4>,
        lora: Lora<2, 4>,
        head: Linear<_, 3>,
    }

    struct First {
        lora: Lora<2, _>,
    }

    struct Members {
        loras: [Lora<2, _>; 2],
    }

    struct Between {
        scaled: Scaled<_, 5>,
        head: Linear<_, 3>,
    }

    struct ForEachHead {
        heads: Heads<_, _, 5>,
        head: Linear<_, 3>,
    }

    struct ForEachHeadToldByTheNext {
        heads: Heads<_, _, _>,
        head: Linear<5, 3>,
    }

    struct ToldByTheNext {
        scaled: Scaled<_, _>,
        head: Linear<5, 3>,
    }

    struct Last {
        enter: Linear<_, 3>,
        scaled: Scaled<_, _>,
    }

    struct AfterAnyKind<B: UnaryLayer> {
        body: B,
        lora: Lora<2, _>,
        scaled: Scaled<_, 5>,
    }

    #[loaded]
    struct FromAFile {
        lora: Lora<_, _>,
    }
}

fn main() {}
