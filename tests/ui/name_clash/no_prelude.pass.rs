//! Generated code leans on no prelude.
#![no_implicit_prelude]

use ::netdsl::layer::{Linear, Relu};

::netdsl::network! {
    struct Net<classes> {
        fc: Linear<_, 12>,
        acts: [Relu; 2],
        shortcut: Option<Relu>(when = classes != 3),
        head: Linear<_, classes>,
    }

    fn forward(x: [8]) -> ([classes], [12]) {
        let y = acts(fc(x));
        (head(shortcut(y) * 2.0), y.reshape([12]))
    }

    struct InOrder {
        fc: Linear<_, 12>,
    }
}

#[test]
fn is_built() {
    ::std::assert!(::netdsl::network!(Net<3>).is_ok());
    ::std::assert!(::netdsl::network!(InOrder).is_ok());
}
