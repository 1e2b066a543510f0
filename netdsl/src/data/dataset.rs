//! Inputs and the targets that belong to them, a row of each per sample.

use ndarray::{ArrayD, Axis, Slice};
use std::marker::PhantomData;

use super::{Batches, DataError, IntoSamples, Samples, permutation};
use crate::Element;

/// Targets from here on are measurements rather than classes.
const MOST_CLASSES: f64 = 16_777_216.0;

/// As many inputs as targets: an array of either, or [several](Samples).
///
/// ```
/// use ndarray::Array;
/// use netdsl::data::Dataset;
///
/// let inputs = Array::linspace(0.0f32, 19.0, 20).into_shape_with_order((10, 2)).unwrap();
/// let targets = Array::linspace(0.0f32, 9.0, 10);
/// let data = Dataset::new(inputs, targets)?;
///
/// let (train, test) = data.split(0.8, 42)?;
/// assert_eq!((train.len(), test.len()), (8, 2));
/// for (inputs, targets) in train.batches(3)?.shuffled(1) {
///     assert_eq!(inputs.shape()[0], targets.len());
/// }
/// # Ok::<(), netdsl::data::DataError>(())
/// ```
///
/// Of a network with several inputs, or a loss of several targets, the arrays are a tuple; of a loss without targets they
/// are `()`:
///
/// ```
/// use ndarray::{Array1, Array2, Array4};
/// use netdsl::data::Dataset;
///
/// let (images, counts) = (Array4::<f32>::zeros((10, 1, 8, 8)), Array2::zeros((10, 16)));
/// let data = Dataset::new((images, counts), Array1::zeros(10))?;
/// for ((images, counts), targets) in data.batches(4)? {
///     assert_eq!(images.shape()[0], counts.shape()[0]);
/// }
/// # Ok::<(), netdsl::data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<E, I = ArrayD<E>, T = ArrayD<E>> {
    // All in standard layout: a row is contiguous.
    inputs: I,
    targets: T,
    numbers: PhantomData<E>,
}

/// How much of a data set: a share of its rows, or a number of them. `0.8` and `1000` are both a `Part`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// From 0 to 1; rounded to whole rows.
    Fraction(f64),
    /// Rows.
    Count(usize),
}

impl From<f64> for Part {
    fn from(fraction: f64) -> Self {
        Self::Fraction(fraction)
    }
}

impl From<usize> for Part {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl Part {
    /// The number of rows out of `len`.
    fn rows(self, len: usize) -> Result<usize, DataError> {
        match self {
            Self::Fraction(share) if (0.0..=1.0).contains(&share) => {
                Ok((share * len as f64).round() as usize)
            }
            Self::Count(count) if count <= len => Ok(count),
            Self::Fraction(share) => Err(DataError::Range {
                what: "fraction of a data set",
                expected: "0.0 to 1.0, or a number of rows".into(),
                found: share.to_string(),
            }),
            Self::Count(count) => Err(DataError::Range {
                what: "number of rows",
                expected: format!("at most the {len} there are"),
                found: count.to_string(),
            }),
        }
    }
}

impl<E: Element, I: Samples<E>, T: Samples<E>> Dataset<E, I, T> {
    /// Puts together inputs, `[n, ...]`, and targets, `[n]` or `[n, ...]`: an array or a tuple of arrays.
    pub fn new(
        inputs: impl IntoSamples<E, I>,
        targets: impl IntoSamples<E, T>,
    ) -> Result<Self, DataError> {
        let (inputs, targets) = (inputs.into_samples(), targets.into_samples());
        check_rows(shapes(&inputs, "inputs"), shapes(&targets, "targets"))?;
        Ok(Self {
            inputs,
            targets,
            numbers: PhantomData,
        })
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.inputs.rows()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The inputs, `[n, ...]`.
    pub fn inputs(&self) -> &I {
        &self.inputs
    }

    /// The targets, `[n]` or `[n, ...]`.
    pub fn targets(&self) -> &T {
        &self.targets
    }

    /// Inputs and targets, to own.
    pub fn into_parts(self) -> (I, T) {
        (self.inputs, self.targets)
    }

    /// The samples at `rows`, in that order; a sample may be taken more than once.
    pub fn select(&self, rows: &[usize]) -> Result<Self, DataError> {
        if let Some(row) = rows.iter().find(|&&row| row >= self.len()) {
            let expected = format!("less than the {} there are", self.len());
            return Err(DataError::Range {
                what: "row",
                expected,
                found: row.to_string(),
            });
        }
        Ok(self.take(rows))
    }

    /// All samples in an order drawn from `seed`.
    #[doc(alias = "shuffle")]
    pub fn shuffled(&self, seed: u64) -> Self {
        self.take(&permutation(self.len(), seed))
    }

    /// A part of the samples and the rest, drawn at random from `seed`.
    #[doc(alias = "random_split")]
    pub fn split(&self, part: impl Into<Part>, seed: u64) -> Result<(Self, Self), DataError> {
        let rows = part.into().rows(self.len())?;
        let order = permutation(self.len(), seed);
        let (first, second) = order.split_at(rows);
        Ok((self.take(first), self.take(second)))
    }

    /// The first samples and the rest, in the order they are in.
    pub fn split_at(&self, part: impl Into<Part>) -> Result<(Self, Self), DataError> {
        let rows = part.into().rows(self.len())?;
        let part = |rows: Slice| self.map(|array| array.slice_axis(Axis(0), rows).to_owned());
        Ok((part(Slice::from(..rows)), part(Slice::from(rows..))))
    }

    /// The samples in groups of `batch_size`, in the order they are in, the last group with what is left.
    #[doc(alias = "DataLoader")]
    pub fn batches(&self, batch_size: usize) -> Result<Batches<'_, E, I, T>, DataError> {
        Batches::new(self, batch_size)
    }

    /// [`Dataset::select`] of rows that exist.
    fn take(&self, rows: &[usize]) -> Self {
        self.map(|array| array.select(Axis(0), rows))
    }

    /// A function of each array.
    fn map(&self, f: impl Fn(&ArrayD<E>) -> ArrayD<E>) -> Self {
        Self {
            inputs: self.inputs.map(&f),
            targets: self.targets.map(&f),
            numbers: PhantomData,
        }
    }
}

impl<E: Element, I: Samples<E>> Dataset<E, I> {
    /// The number of samples of each class, up to the highest there is. Fails where a target is no class index.
    pub fn class_counts(&self) -> Result<Vec<usize>, DataError> {
        let mut counts = Vec::new();
        for target in &self.targets {
            let class = target.to_f64();
            if class.fract() != 0.0 || !(0.0..MOST_CLASSES).contains(&class) {
                return Err(DataError::Range {
                    what: "target",
                    expected: "a class index, 0, 1, 2, ...".into(),
                    found: target.to_string(),
                });
            }
            let class = class as usize;
            if class >= counts.len() {
                counts.resize(class + 1, 0);
            }
            counts[class] += 1;
        }
        Ok(counts)
    }
}

/// What an array is, and its shape.
type Named = (String, Vec<usize>);

/// The shapes of arrays: of `inputs`, or of `inputs 1`, `inputs 2` if there are several.
fn shapes<E: Element>(samples: &impl Samples<E>, what: &str) -> Vec<Named> {
    samples.with(|arrays| {
        let name = |place| match arrays.len() {
            1 => what.to_owned(),
            _ => format!("{what} {place}"),
        };
        let shapes = arrays.iter().map(|array| array.array().shape().to_vec());
        (1..).map(name).zip(shapes).collect()
    })
}

/// Whether all arrays have as many rows as the first of the inputs.
fn check_rows(inputs: Vec<Named>, targets: Vec<Named>) -> Result<(), DataError> {
    let Some(first) = inputs.first().cloned() else {
        return Err(DataError::Range {
            what: "number of inputs",
            expected: "1 or more".into(),
            found: "0".into(),
        });
    };
    let rows = first.1.first().copied();
    let mut all = inputs.into_iter().chain(targets).rev();
    match all.find(|(_, shape)| rows.is_none() || shape.first().copied() != rows) {
        Some(other) => Err(DataError::Rows {
            what: [first.0, other.0],
            shapes: [first.1, other.1],
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, arr0, array};

    use super::*;

    fn ten() -> Dataset<f64> {
        let inputs = Array::from_shape_fn((10, 2), |(row, column)| (10 * row + column) as f64);
        Dataset::new(inputs, Array::from_shape_fn(10, |row| row as f64)).unwrap()
    }

    /// Every input still has its target.
    fn belongs(data: &Dataset<f64>) -> bool {
        let pairs = data.inputs().outer_iter().zip(data.targets().iter());
        pairs.into_iter().all(|(input, &target)| {
            input[[0]] == 10.0 * target && input[[1]] == 10.0 * target + 1.0
        })
    }

    #[test]
    fn parts() {
        let data = ten();
        for (first, second, rows) in [
            (data.split(0.75, 3).unwrap(), data.split(8, 3).unwrap(), 8),
            (data.split(0.0, 3).unwrap(), data.split(0, 3).unwrap(), 0),
            (data.split_at(1.0).unwrap(), data.split_at(10).unwrap(), 10),
        ] {
            assert_eq!(first, second);
            assert_eq!((first.0.len(), first.1.len()), (rows, 10 - rows));
            assert!(belongs(&first.0) && belongs(&first.1));
            let all = ndarray::concatenate![Axis(0), *first.0.targets(), *first.1.targets()];
            let mut all = all.into_raw_vec_and_offset().0;
            all.sort_by(f64::total_cmp);
            assert_eq!(all, data.targets().as_slice().unwrap());
        }
        assert!(belongs(&data.shuffled(1)));
        assert_ne!(data.shuffled(1), data);
        assert_eq!(
            data.select(&[9, 9]).unwrap().targets(),
            &array![9.0, 9.0].into_dyn()
        );
    }

    #[test]
    fn several_arrays_stay_together() {
        let (inputs, targets) = ten().into_parts();
        let more = Array::from_shape_fn((10, 3, 1), |(row, ..)| -(row as f64));
        let data = Dataset::new((inputs, more), (targets.clone(), targets)).unwrap();
        let (first, second) = data.split(7, 3).unwrap();
        let (start, rest) = data.split_at(0.5).unwrap();
        assert_eq!(
            (first.len(), second.len(), start.len(), rest.len()),
            (7, 3, 5, 5)
        );
        let batches = data.batches(4).unwrap().shuffled(2);
        let batches = batches.map(|(inputs, targets)| Dataset::new(inputs, targets).unwrap());
        let parts = [
            first,
            second,
            start,
            rest,
            data.shuffled(9),
            data.select(&[3, 3]).unwrap(),
        ];
        for part in parts.into_iter().chain(batches) {
            let ((a, b), (c, d)) = part.into_parts();
            assert_eq!((&a.shape()[1..], &b.shape()[1..]), (&[2][..], &[3, 1][..]));
            assert_eq!(c, d);
            for (row, &target) in c.iter().enumerate() {
                assert_eq!(
                    (a[[row, 1]], b[[row, 2, 0]]),
                    (10.0 * target + 1.0, -target)
                );
            }
        }
        let unlabelled = Dataset::new(ten().inputs().clone(), ()).unwrap();
        let batches: Vec<_> = unlabelled.batches(4).unwrap().collect();
        assert_eq!((batches.len(), batches[2].0.shape()), (3, &[2, 2][..]));
    }

    #[test]
    fn mistakes() {
        let check = |result: Result<(), DataError>, message: &str| {
            let error = result.unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        };
        let data = ten();
        check(
            data.split(1.5, 0).map(drop),
            "fraction of a data set 1.5: expected 0.0 to 1.0",
        );
        check(data.split(f64::NAN, 0).map(drop), "NaN");
        check(
            data.split_at(11).map(drop),
            "number of rows 11: expected at most the 10 there are",
        );
        check(
            data.select(&[10]).map(drop),
            "row 10: expected less than the 10",
        );
        check(data.batches(0).map(drop), "batch size 0");
        check(
            Dataset::new(array![[1.0f32]], array![1.0, 2.0]).map(drop),
            "[1, 1] and targets of shape [2]",
        );
        check(Dataset::new(arr0(1.0f32), arr0(1.0)).map(drop), "shape []");
        check(
            Dataset::new((array![1.0f32, 2.0], array![1.0]), array![1.0, 2.0]).map(drop),
            "inputs 1 of shape [2] and inputs 2 of shape [1]: expected the same first size in both",
        );
        check(
            Dataset::new(array![1.0f32, 2.0], (array![1.0, 2.0], array![[1.0]])).map(drop),
            "inputs of shape [2] and targets 2 of shape [1, 1]",
        );
        check(
            Dataset::<f32, _, _>::new((), array![1.0]).map(drop),
            "number of inputs 0: expected 1 or more",
        );
        check(
            Dataset::new(array![1.0f32], array![0.5])
                .and_then(|data| data.class_counts())
                .map(drop),
            "target 0.5",
        );
    }

    #[test]
    fn any_layout() {
        let inputs = array![[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]].reversed_axes();
        let data = Dataset::new(inputs.clone(), array![0.0, 1.0, 1.0]).unwrap();
        assert!(data.inputs().is_standard_layout());
        assert_eq!(data.inputs(), &inputs.into_dyn());
        assert_eq!(data.class_counts().unwrap(), [1, 2]);
    }
}
