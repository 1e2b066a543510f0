//! Arguments in a body have no names, and what `keepdim` keeps is put back.
use netdsl::prelude::*;

network! {
    struct Centred {
        fc: Linear<_, 4>(bias = false),
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let x = x - x.mean(2).unsqueeze(2);
        fc(x.transpose(1, 2).transpose(1, 2))
    }
}

#[test]
fn builds() {
    let net = network!(Centred).unwrap();
    let y = net
        .forward(ndarray::array![[[3.0, 3.0, 3.0, 3.0]]])
        .unwrap();
    assert_eq!(y, ndarray::ArrayD::zeros(vec![1, 1, 4]));
}
