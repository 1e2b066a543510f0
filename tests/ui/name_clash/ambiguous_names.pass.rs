//! The names that generated code might use for its own variables come from two places here, so that each is
//! ambiguous, which only who names them may be told.
#![deny(warnings)]

mod one {
    macro_rules! functions {
        ($($name:ident)*) => {$(
            pub fn $name() {}
        )*};
    }
    pub(super) use functions;

    functions!(
        stack x i member at given sizes trace storage question needed found whole definition arguments
        parts path visit layer f outputs inputs index scope result argument value loops
    );
}

mod two {
    super::one::functions!(
        stack x i member at given sizes trace storage question needed found whole definition arguments
        parts path visit layer f outputs inputs index scope result argument value loops
    );
}

#[allow(unused_imports)]
use {netdsl::prelude::*, one::*, two::*};

network! {
    #[derive(Clone)]
    struct Net<width> {
        blocks: [Linear<_, width>; 3],
        shortcut: Option<Linear<_, 8>>(when = width != 8),
    }

    fn forward(y: [8]) -> ([8], [_]) {
        let mut z = blocks(y);
        for block in blocks {
            z = block(z) + z;
        }
        for _ in 0..2 {
            z = z.relu();
        }
        (shortcut(z), z)
    }

    struct Generic<B: UnaryLayer, const N: usize> {
        first: B,
        second: [Linear<_, N>; 1],
    }
}

#[test]
fn runs() {
    let net = network!(Net<8>).unwrap();
    let data = ndarray::Array2::zeros((1, 8));
    assert_eq!(net.forward(data.clone()).unwrap().0.shape(), [1, 8]);
    let net = network!(Generic::<Relu, 2>).unwrap();
    assert_eq!(net.forward(data).unwrap().shape(), [1, 2]);
}
