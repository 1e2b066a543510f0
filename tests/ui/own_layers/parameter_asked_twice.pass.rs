use netdsl::prelude::*;
use netdsl::shape::Dim;

netdsl::layer! {
    /// Asks for two parameters, and twice for one.
    pub struct Affine<features> {}
}

impl Affine {
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let features = at.size("features", self.features);
        let scale = at.parameter("scale", &[features.dim], Init::Ones);
        let shift = at.parameter("shift", &[Dim::Known(1)], Init::Zeros);
        let again = at.parameter("scale", &[features.dim], Init::Ones);
        let x = x.expect(-1, features, "features");
        x.mul(scale).add(shift).mul(again)
    }
}

netdsl::layer! {
    pub struct Mixed<features> {}
}

impl Mixed {
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let features = at.size("features", self.features);
        let x = x.expect(-1, features, "features");
        let scale = at.parameter("scale", &[features.dim], Init::Ones);
        let weight = at.parameter("weight", &[features.dim, features.dim], Init::Ones);
        x.mul(scale).matmul(weight)
    }
}

network! {
    struct Lengths {
        fc: Linear<_, 3>,
        affine: Affine<_>,
    }

    struct Axes {
        fc: Linear<_, 3>,
        mixed: Mixed<_>,
    }
}
