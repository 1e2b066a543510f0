//! A size of 1 goes with any, however many axes the input has.
use ndarray::{Array2, Array3};
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 1>,
        gain: Parameter<[3, 8]>,
        out: Linear<8, 2>,
    }

    fn forward(x) {
        out(fc(x) * gain())
    }
}

#[test]
fn what_is_broadcast_has_the_larger_size() {
    let net = network!(Net).unwrap();
    let y = net.forward(Array3::<f32>::zeros((4, 3, 5))).unwrap();
    assert_eq!(y.shape(), [4, 3, 2]);
    let net = network!(Net).unwrap();
    let y = net.forward(Array2::<f32>::zeros((3, 5))).unwrap();
    assert_eq!(y.shape(), [3, 3, 2]);
}
