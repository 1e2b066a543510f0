//! Inputs and the targets that belong to them, a row of each per sample.

use ndarray::{ArrayD, Axis, Slice};

use super::{Batches, DataError, permutation};
use crate::Element;

/// Targets from here on are measurements rather than classes.
const MOST_CLASSES: f64 = 16_777_216.0;

/// As many inputs as targets.
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
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<E> {
    // Both in standard layout: a row is contiguous.
    inputs: ArrayD<E>,
    targets: ArrayD<E>,
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

impl<E: Element> Dataset<E> {
    /// Puts together inputs, `[n, ...]`, and targets, `[n]` or `[n, ...]`.
    pub fn new<I: ndarray::Dimension, T: ndarray::Dimension>(
        inputs: ndarray::Array<E, I>,
        targets: ndarray::Array<E, T>,
    ) -> Result<Self, DataError> {
        let (inputs, targets) = (inputs.into_dyn(), targets.into_dyn());
        if inputs.ndim() == 0 || inputs.shape().first() != targets.shape().first() {
            return Err(DataError::Rows {
                inputs: inputs.shape().into(),
                targets: targets.shape().into(),
            });
        }
        Ok(Self {
            inputs: standard_layout(inputs),
            targets: standard_layout(targets),
        })
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.inputs.len_of(Axis(0))
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The inputs, `[n, ...]`.
    pub fn inputs(&self) -> &ArrayD<E> {
        &self.inputs
    }

    /// The targets, `[n]` or `[n, ...]`.
    pub fn targets(&self) -> &ArrayD<E> {
        &self.targets
    }

    /// Inputs and targets, to own.
    pub fn into_parts(self) -> (ArrayD<E>, ArrayD<E>) {
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
    pub fn shuffled(&self, seed: u64) -> Self {
        self.take(&permutation(self.len(), seed))
    }

    /// A part of the samples and the rest, drawn at random from `seed`.
    pub fn split(&self, part: impl Into<Part>, seed: u64) -> Result<(Self, Self), DataError> {
        let rows = part.into().rows(self.len())?;
        let order = permutation(self.len(), seed);
        let (first, second) = order.split_at(rows);
        Ok((self.take(first), self.take(second)))
    }

    /// The first samples and the rest, in the order they are in.
    pub fn split_at(&self, part: impl Into<Part>) -> Result<(Self, Self), DataError> {
        let rows = part.into().rows(self.len())?;
        let slice = |slice: Slice| Self {
            inputs: self.inputs.slice_axis(Axis(0), slice).to_owned(),
            targets: self.targets.slice_axis(Axis(0), slice).to_owned(),
        };
        Ok((slice(Slice::from(..rows)), slice(Slice::from(rows..))))
    }

    /// The samples in groups of `batch_size`, in the order they are in, the last group with what is left.
    pub fn batches(&self, batch_size: usize) -> Result<Batches<'_, E>, DataError> {
        Batches::new(self, batch_size)
    }

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

    /// [`Dataset::select`] of rows that exist.
    fn take(&self, rows: &[usize]) -> Self {
        Self {
            inputs: self.inputs.select(Axis(0), rows),
            targets: self.targets.select(Axis(0), rows),
        }
    }
}

/// The same array with the last axis fastest, copied only if it was not.
fn standard_layout<E: Clone>(array: ArrayD<E>) -> ArrayD<E> {
    if array.is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
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
