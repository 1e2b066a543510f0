//! A network is an ordinary type: generic code takes it.
use ndarray::Array2;
use netdsl::prelude::*;

network! {
    /// Documented, visible within the crate.
    pub(crate) struct Net {
        /// So is its layer.
        pub(crate) fc: Linear<_, 3>,
    }
}

fn classes<N: Network<f64>>(net: &N) -> usize {
    let x = Array2::zeros((1, 2)).into_dyn();
    net.run(&[x.view()]).unwrap()[0].shape()[1]
}

#[test]
fn runs_in_f64() {
    let net = network!(Net, dtype = f64).unwrap();
    assert_eq!(classes(&net.clone()), 3);
}
