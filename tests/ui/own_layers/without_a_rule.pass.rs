//! A layer needs a shape rule.
use netdsl::prelude::*;

netdsl::layer! {
    struct Scale<features>;
}

impl Scale {
    const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let features = at.size("features", self.features);
        let scale = at.parameter("scale", &[features.dim], Init::Ones);
        x.expect(-1, features, "features").mul(scale)
    }
}

network! {
    struct InOrder {
        fc: Linear<_, 8>,
        scale: Scale<_>,
    }
}

network! {
    struct Called {
        fc: Linear<_, 8>,
        scale: Scale<_>,
    }

    fn forward(x: [_]) -> [8] {
        scale(fc(x).relu())
    }
}

#[test]
fn builds() {
    let shape = [8];
    let net = network!(InOrder).unwrap();
    assert_eq!(net.scale.parameter("scale").unwrap().shape(), shape);
    let net = network!(Called).unwrap();
    assert_eq!(net.scale.parameter("scale").unwrap().shape(), shape);
}
