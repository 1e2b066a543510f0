use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        head: Linear<_, 3>,
    }

    fn forward(x: [4]) -> ([3], [3, 4], [m, 3]) {
        let x = fc(x);
        (head(x.reshape([12])), x.reshape([3, 4]), x.reshape([m, 3]))
    }
}

fn main() -> Result<(), netdsl::Error> {
    let (a, b, c) = network!(Net)?.forward(ndarray::Array2::zeros((2, 4)))?;
    assert_eq!(
        (a.shape(), b.shape(), c.shape()),
        (&[2, 3][..], &[2, 3, 4][..], &[2, 4, 3][..])
    );
    Ok(())
}
