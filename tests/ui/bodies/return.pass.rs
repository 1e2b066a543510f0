//! A `return` ends the body; its value is the result, and is checked as such.
#![deny(warnings)]
use netdsl::prelude::*;

network! {
    struct Net<const DEPTH: usize> {
        fc: Linear<_, 8>,
        head: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let y = fc(x);
        if DEPTH == 0 {
            return y;
        }
        for i in 0..4 {
            if i == DEPTH {
                return head(y * 2.0);
            }
        }
        return head(y);
    }
}

#[test]
fn ends_the_body() {
    let x = ndarray::array![[1.0, 2.0, 3.0, 4.0]];
    let outputs = [
        network!(Net::<0>).unwrap().forward(x.clone()).unwrap(),
        network!(Net::<2>).unwrap().forward(x.clone()).unwrap(),
        network!(Net::<9>).unwrap().forward(x).unwrap(),
    ];
    assert!(outputs.iter().all(|y| y.shape() == [1, 8]));
    assert_ne!(outputs[1], outputs[2]);
}
