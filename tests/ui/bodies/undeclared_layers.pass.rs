//! Names in capitals that are called: Rust's own and the user's.
use netdsl::prelude::*;

struct Pair<'t>(Tensor<'t>, Tensor<'t>);

enum Gate<'t> {
    Plus(Tensor<'t>),
    By(Tensor<'t>),
}

const fn gated<'t>(Pair(x, y): Pair<'t>, gate: Gate<'t>) -> Tensor<'t> {
    match gate {
        Gate::Plus(gate) => x.add(y).add(gate),
        Gate::By(gate) => x.add(y).mul(gate),
    }
}

network! {
    struct Net {
        fc: Linear<3, 4>,
        relu: Relu,
        norm: BatchNorm1d<4>,
    }

    fn forward(x: [3]) -> [4] {
        use Gate::By;
        let y = relu(fc(x));
        let Some(z) = Some(norm(y).dropout(0.1)) else {
            return y;
        };
        struct Tanh<T>(T);
        let Tanh(shares) = Tanh(z.log_softmax(1));
        gated(Pair(shares, y), By(z.sigmoid())) + gated(Pair(z, y), Gate::Plus(y))
    }
}

pub fn main() {
    let net = network!(Net).unwrap();
    assert_eq!(
        net.forward(ndarray::array![[1.0, 2.0, 3.0]])
            .unwrap()
            .shape(),
        [1, 4]
    );
}
