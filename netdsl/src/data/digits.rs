//! The handwritten digits that come with the library.

use super::Dataset;
use super::mnist::{Pixels, labelled_images};
use crate::Element;

const IMAGES: &[u8] = include_bytes!("../../data/digits-images-idx3-ubyte.gz");
const LABELS: &[u8] = include_bytes!("../../data/digits-labels-idx1-ubyte.gz");

/// 1797 handwritten digits of the UCI set: inputs `[1797, 1, 8, 8]` from 0 to 1, targets `[1797]` from 0 to 9.
///
/// They are in the order of scikit-learn's `load_digits`. E. Alpaydin and C. Kaynak, "Optical Recognition of
/// Handwritten Digits", UCI Machine Learning Repository, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0.
///
/// ```
/// let data = netdsl::data::digits::<f32>();
/// let (train, test) = data.split_at(1437).unwrap();
/// assert_eq!(test.inputs().shape(), [360, 1, 8, 8]);
/// # assert_eq!(train.targets().as_slice().unwrap()[..4], [0.0, 1.0, 2.0, 3.0]);
/// ```
pub fn digits<E: Element>() -> Dataset<E> {
    // Pixels are from 0 to 16.
    let pixels = Pixels {
        highest: 16.0,
        mean: 0.0,
        std: 1.0,
    };
    labelled_images(
        (IMAGES, "digits images".as_ref()),
        (LABELS, "digits labels".as_ref()),
        [8, 8],
        pixels,
    )
    .expect("the embedded files are whole: a test reads them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_readme_says() {
        let data = digits::<f64>();
        assert_eq!(data.inputs().shape(), [1797, 1, 8, 8]);
        // Origin: README.md of the data.
        assert_eq!(
            data.class_counts().unwrap(),
            [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
        );
        let highest = data.inputs().iter().copied().fold(0.0, f64::max);
        let lowest = data.inputs().iter().copied().fold(1.0, f64::min);
        assert_eq!((lowest, highest), (0.0, 1.0));
        // Origin: the first row of scikit-learn's load_digits, 0 0 5 13 9 1 0 0.
        let first: Vec<f64> = data
            .inputs()
            .iter()
            .take(8)
            .map(|pixel| pixel * 16.0)
            .collect();
        assert_eq!(first, [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
    }
}
