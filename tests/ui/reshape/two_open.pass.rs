use netdsl::prelude::*;

network! {
    struct Net<heads> {
        fc: Linear<_, 12>,
    }

    fn forward(x: [8]) -> [heads, _, 2] {
        fc(x).reshape([heads, _, 2])
    }
}

#[test]
fn the_rest_follows() {
    let net = network!(Net<3>).unwrap();
    let y = net.forward(ndarray::Array2::zeros((5, 8))).unwrap();
    assert_eq!(y.shape(), [5, 3, 2, 2]);
}
