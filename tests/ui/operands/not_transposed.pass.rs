//! Rows are held against columns: the product needs one of them exchanged.
use netdsl::prelude::*;

network! {
    struct Scores {
        q: Linear<8, 16>,
        k: Linear<8, 16>,
    }

    fn forward(x: [5, 8]) -> [5, 5] {
        q(x).matmul_transposed(k(x))
    }
}

network! {
    struct Applied {
        scores: Linear<8, 5>,
        values: Linear<8, 16>,
    }

    fn forward(x: [5, 8]) -> [5, 16] {
        scores(x).matmul(values(x))
    }
}

#[test]
fn builds() {
    let x = ndarray::Array3::<f32>::ones((1, 5, 8));
    let scores = network!(Scores).unwrap().forward(&x).unwrap();
    assert_eq!(scores.shape(), [1, 5, 5]);
    let applied = network!(Applied).unwrap().forward(&x).unwrap();
    assert_eq!(applied.shape(), [1, 5, 16]);
}
