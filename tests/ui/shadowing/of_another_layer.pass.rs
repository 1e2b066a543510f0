//! A name means what is nearest, as in ordinary Rust: a layer is called, its result may take on its name.
use netdsl::prelude::*;

network! {
    struct Net<n> {
        fc1: Linear<_, 8>,
        fc2: Linear<_, 8>,
        blocks: [Linear<_, 8>; 2],
        head: Linear<_, n>,
    }

    fn forward(x: [4]) -> ([n], [2, 4]) {
        let fc1 = fc1(x);
        let fc2 = if let Some(fc2) = Some(fc2(fc1.relu())) {
            fc2.tanh()
        } else {
            fc1
        };
        {
            let head = fc1;
            let _ = head.relu();
        }
        let mut y = match blocks(fc1) {
            blocks => blocks.relu() + fc2,
        };
        for block in blocks {
            let block = block(y);
            y = block.relu();
        }
        const fn twice(fc1: Tensor<'_>) -> Tensor<'_> {
            fc1.scale(2.0)
        }
        let (a, y) = (head(twice(y)), y);
        let n = 2;
        (a, y.reshape([n, 4]))
    }
}

#[test]
fn a_local_shadows_a_size_too() {
    let net = network!(Net<5>).unwrap();
    let (head, parts) = net.forward(ndarray::array![[1.0, 2.0, 3.0, 4.0]]).unwrap();
    assert_eq!((head.shape(), parts.shape()), (&[1, 5][..], &[1, 2, 4][..]));
}
