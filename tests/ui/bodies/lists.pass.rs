//! A list is one of sizes, axes or tensors, whatever signs its entries have.
use netdsl::prelude::*;

const LAST: usize = 1;

network! {
    struct Net {
        fc: Linear<_, 6>,
    }

    fn forward(x: [4]) -> [3, 2] {
        let y = fc(cat([-x, x, -(x + x)], 1));
        y.reshape([2, -LAST]).permute([0, -1, 1]).reshape([-1, 2])
    }
}

#[test]
fn of_tensors_with_signs() {
    let net = network!(Net).unwrap();
    assert_eq!(net.parameter("fc.weight").unwrap().shape(), [6, 12]);
}
