//! MNIST and the sets made after it: four idx files in a folder.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use ndarray::{Array1, ArrayD, Axis};

use super::idx::Idx;
use super::{DataError, Dataset};
use crate::Element;

/// Classes in MNIST and its kin.
const CLASSES: usize = 10;

/// How a byte becomes an input: `(byte / highest - mean) / std`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pixels {
    /// The byte that becomes 1.
    pub highest: f64,
    /// What is taken away then: the mean of the training pixels, or 0.
    pub mean: f64,
    /// What it is divided by then: the standard deviation of the training pixels, or 1.
    pub std: f64,
}

/// MNIST's pixels, with the mean and standard deviation of its training images.
pub const MNIST: Pixels = Pixels {
    highest: 255.0,
    mean: 0.1307,
    std: 0.3081,
};

/// Fashion-MNIST's pixels, with the mean and standard deviation of its training images.
pub const FASHION_MNIST: Pixels = Pixels {
    highest: 255.0,
    mean: 0.2860,
    std: 0.3530,
};

/// The training and the test set of MNIST, or of a set with the same files, such as Fashion-MNIST.
#[derive(Debug, Clone, PartialEq)]
pub struct Mnist<E> {
    /// 60,000 images in MNIST: inputs `[60000, 1, 28, 28]`, targets `[60000]`, from 0 to 9.
    pub train: Dataset<E>,
    /// 10,000 images in MNIST.
    pub test: Dataset<E>,
}

impl<E: Element> Mnist<E> {
    /// Reads `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
    /// `t10k-labels-idx1-ubyte` in `folder`, each with `.gz` or without.
    ///
    /// ```no_run
    /// use netdsl::data::{MNIST, Mnist};
    ///
    /// let Mnist { train, test } = Mnist::<f32>::load("data/mnist", MNIST)?;
    /// # Ok::<(), netdsl::data::DataError>(())
    /// ```
    pub fn load(folder: impl AsRef<Path>, pixels: Pixels) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        let part = |name: &str| {
            let images = find(folder, &format!("{name}-images-idx3-ubyte"))?;
            let labels = find(folder, &format!("{name}-labels-idx1-ubyte"))?;
            labelled_images(
                (open(&images)?, &images),
                (open(&labels)?, &labels),
                [28, 28],
                pixels,
            )
        };
        Ok(Self {
            train: part("train")?,
            test: part("t10k")?,
        })
    }
}

/// The file of this name, or the compressed one.
fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let candidates = [folder.join(name), folder.join(format!("{name}.gz"))];
    let found = candidates.into_iter().find(|path| path.is_file());
    found.ok_or_else(|| DataError::File {
        file: folder.to_path_buf(),
        expected: format!("a file {name} or {name}.gz"),
        found: "neither".into(),
        help: "put the four files of the data set into this folder",
    })
}

fn open(path: &Path) -> Result<BufReader<File>, DataError> {
    let file = File::open(path);
    file.map(BufReader::new).map_err(|source| DataError::Read {
        file: path.to_path_buf(),
        source,
    })
}

/// Reads images and labels, both with the name for errors, into `[n, 1, height, width]` and `[n]`.
pub(super) fn labelled_images<E: Element, R: BufRead>(
    (images, images_name): (R, &Path),
    (labels, labels_name): (R, &Path),
    [height, width]: [usize; 2],
    pixels: Pixels,
) -> Result<Dataset<E>, DataError> {
    pixels.check()?;
    let labels = read_labels(labels, labels_name)?;
    let images = read_images(images, images_name, [labels.len(), height, width])?;
    let table = pixels.table();
    let inputs = images.mapv(|byte| table[usize::from(byte)]);
    let targets: Array1<E> = labels
        .iter()
        .map(|&label| E::from_f64(label.into()))
        .collect();
    Dataset::new(inputs.insert_axis(Axis(1)), targets)
}

impl Pixels {
    fn check(&self) -> Result<(), DataError> {
        for (what, number) in [
            ("highest pixel", self.highest),
            ("std of the pixels", self.std),
        ] {
            if !(number > 0.0 && number.is_finite()) {
                let expected = "a finite number above 0".into();
                return Err(DataError::Range {
                    what,
                    expected,
                    found: number.to_string(),
                });
            }
        }
        Ok(())
    }

    /// What each byte becomes.
    fn table<E: Element>(&self) -> [E; 256] {
        std::array::from_fn(|byte| E::from_f64((byte as f64 / self.highest - self.mean) / self.std))
    }
}

/// Classes below the number that there are.
fn read_labels(source: impl BufRead, name: &Path) -> Result<Vec<u8>, DataError> {
    let labels = match Idx::read(source, name)? {
        Idx::U8(labels) if labels.ndim() == 1 => labels,
        other => return Err(wrong(name, "unsigned bytes, one per label", shown(&other))),
    };
    match labels.iter().find(|&&label| usize::from(label) >= CLASSES) {
        Some(label) => {
            let expected = format!("labels from 0 to {}", CLASSES - 1);
            Err(wrong(name, expected, label.to_string()))
        }
        None => Ok(labels.into_iter().collect()),
    }
}

fn read_images(
    source: impl BufRead,
    name: &Path,
    shape: [usize; 3],
) -> Result<ArrayD<u8>, DataError> {
    match Idx::read(source, name)? {
        Idx::U8(images) if images.shape() == shape => Ok(images),
        other => {
            let expected = format!("unsigned bytes of shape {shape:?}, as there are labels");
            Err(wrong(name, expected, shown(&other)))
        }
    }
}

fn shown(other: &Idx) -> String {
    format!("shape {:?}, or another type", other.shape())
}

fn wrong(file: &Path, expected: impl Into<String>, found: String) -> DataError {
    DataError::File {
        file: file.to_path_buf(),
        expected: expected.into(),
        found,
        help: "give the file of this name from the data set's own page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: Pixels = Pixels {
        highest: 255.0,
        mean: 0.0,
        std: 1.0,
    };

    /// The folder of the data sets of this project, or a word that the test is skipped.
    fn shared(name: &str) -> Option<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/data")
            .join(name);
        if !folder.is_dir() {
            println!("skipped: {} is not there", folder.display());
            return None;
        }
        Some(folder)
    }

    fn check(name: &str, pixels: Pixels, train: [usize; 10], test: [usize; 10]) {
        let Some(folder) = shared(name) else { return };
        let data = Mnist::<f32>::load(&folder, RAW).unwrap();
        assert_eq!(data.train.inputs().shape(), [60_000, 1, 28, 28]);
        assert_eq!(data.test.inputs().shape(), [10_000, 1, 28, 28]);
        assert_eq!(data.train.class_counts().unwrap(), train);
        assert_eq!(data.test.class_counts().unwrap(), test);
        let numbers = data.train.inputs().as_slice().unwrap();
        let mean = |f: &dyn Fn(f64) -> f64| {
            numbers.iter().map(|&x| f(x.into())).sum::<f64>() / numbers.len() as f64
        };
        let average = mean(&|x| x);
        let std = mean(&|x| (x - average).powi(2)).sqrt();
        assert!((average - pixels.mean).abs() < 5e-5, "{average}");
        assert!((std - pixels.std).abs() < 5e-5, "{std}");

        let normal = labelled_images::<f64, _>(
            (
                open(&folder.join("t10k-images-idx3-ubyte.gz")).unwrap(),
                &folder,
            ),
            (
                open(&folder.join("t10k-labels-idx1-ubyte.gz")).unwrap(),
                &folder,
            ),
            [28, 28],
            pixels,
        )
        .unwrap();
        let raw = data.test.inputs();
        let pairs = normal.inputs().iter().zip(raw.iter());
        assert!(
            pairs
                .into_iter()
                .all(|(&x, &y)| (x * pixels.std + pixels.mean - f64::from(y)).abs() < 1e-6)
        );
    }

    // Origin of the counts: README.md beside the files.
    #[test]
    fn mnist() {
        let train = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
        let test = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
        check("mnist", MNIST, train, test);
    }

    #[test]
    fn fashion_mnist() {
        check("fashion-mnist", FASHION_MNIST, [6000; 10], [1000; 10]);
    }

    #[test]
    fn mistakes() {
        let message = |images: &[u8], labels: &[u8], pixels| {
            let result = labelled_images::<f32, _>(
                (images, "i".as_ref()),
                (labels, "l".as_ref()),
                [1, 2],
                pixels,
            );
            result
                .map(|data| data.len())
                .map_err(|error| error.to_string())
        };
        let images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255];
        let labels = [0, 0, 8, 1, 0, 0, 0, 1, 9];
        assert_eq!(message(&images, &labels, RAW), Ok(1));
        let check = |result: Result<usize, String>, expect: &str| {
            let error = result.unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check(
            message(&images, &images, RAW),
            "`l`: expected unsigned bytes, one per label, found shape [1, 1, 2]",
        );
        check(
            message(&labels, &labels, RAW),
            "`i`: expected unsigned bytes of shape [1, 1, 2]",
        );
        check(
            message(&images, &[0, 0, 8, 1, 0, 0, 0, 1, 10], RAW),
            "labels from 0 to 9, found 10",
        );
        check(
            message(&images, &[0, 0, 8, 1, 0, 0, 0, 2, 1, 1], RAW),
            "shape [2, 1, 2]",
        );
        check(
            message(&images, &labels, Pixels { std: 0.0, ..RAW }),
            "std of the pixels 0: expected",
        );
        check(
            message(
                &images,
                &labels,
                Pixels {
                    highest: f64::NAN,
                    ..RAW
                },
            ),
            "highest pixel NaN",
        );
        let nowhere = Mnist::<f32>::load("no such folder", RAW)
            .unwrap_err()
            .to_string();
        assert!(
            nowhere.contains("expected a file train-images-idx3-ubyte or"),
            "{nowhere}"
        );
    }
}
