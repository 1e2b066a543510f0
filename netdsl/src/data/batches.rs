//! Walking through a data set in groups of samples.

use ndarray::{ArrayD, Axis, Dimension, IxDyn};

use super::{DataError, Dataset, Samples, permutation};
use crate::Element;

/// The batches of a [`Dataset`], made by [`Dataset::batches`].
///
/// As an iterator it gives new arrays; [`Batches::next_into`] fills the same ones again and again.
///
/// ```
/// # use ndarray::{Array, ArrayD};
/// # let data = netdsl::data::Dataset::new(Array::<f32, _>::zeros((10, 2)), Array::zeros(10))?;
/// let (mut inputs, mut targets) = Default::default();
/// for epoch in 0..3 {
///     let mut batches = data.batches(4)?.shuffled(epoch).drop_last();
///     while batches.next_into(&mut inputs, &mut targets) {
///         assert_eq!(inputs.shape(), [4, 2]);
///     }
/// }
/// # let _: (ArrayD<f32>, ArrayD<f32>) = (inputs, targets);
/// # Ok::<(), netdsl::data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batches<'a, E, I = ArrayD<E>, T = ArrayD<E>> {
    data: &'a Dataset<E, I, T>,
    batch_size: usize,
    /// The order of the rows, if it is not that of the data.
    order: Option<Vec<usize>>,
    /// The rows given so far.
    start: usize,
    /// The rows to give in all.
    end: usize,
}

impl<'a, E: Element, I: Samples<E>, T: Samples<E>> Batches<'a, E, I, T> {
    pub(super) fn new(data: &'a Dataset<E, I, T>, batch_size: usize) -> Result<Self, DataError> {
        if batch_size == 0 {
            let (expected, found) = ("1 or more".into(), "0".into());
            return Err(DataError::Range {
                what: "batch size",
                expected,
                found,
            });
        }
        Ok(Self {
            data,
            batch_size,
            order: None,
            start: 0,
            end: data.len(),
        })
    }

    /// The same batches of rows in an order drawn from `seed`. Give each epoch its own.
    #[doc(alias = "shuffle")]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.order = Some(permutation(self.data.len(), seed));
        self
    }

    /// Without the last batch if it is smaller than the others.
    pub fn drop_last(mut self) -> Self {
        self.end -= self.end % self.batch_size;
        self
    }

    /// Puts the next batch into `inputs` and `targets`, whatever they held; false after the last batch.
    ///
    /// Their memory is used again and grows only if it is too small for the batch.
    pub fn next_into(&mut self, inputs: &mut I, targets: &mut T) -> bool {
        if self.start >= self.end {
            return false;
        }
        let stop = self.end.min(self.start.saturating_add(self.batch_size));
        let rows = self.start..stop;
        let take = |batch: &mut ArrayD<E>, source: &ArrayD<E>| match &self.order {
            Some(order) => fill(batch, source, order[rows.clone()].iter().copied()),
            None => fill(batch, source, rows.clone()),
        };
        inputs.fill_from(self.data.inputs(), take);
        targets.fill_from(self.data.targets(), take);
        self.start = stop;
        true
    }
}

impl<E: Element, I: Samples<E>, T: Samples<E>> Iterator for Batches<'_, E, I, T> {
    type Item = (I, T);

    fn next(&mut self) -> Option<Self::Item> {
        let (mut inputs, mut targets) = Default::default();
        self.next_into(&mut inputs, &mut targets)
            .then_some((inputs, targets))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.end - self.start).div_ceil(self.batch_size);
        (left, Some(left))
    }
}

impl<E: Element, I: Samples<E>, T: Samples<E>> ExactSizeIterator for Batches<'_, E, I, T> {}

/// Makes `batch` the array of these rows of `source`, in its own memory.
fn fill<E: Element>(
    batch: &mut ArrayD<E>,
    source: &ArrayD<E>,
    rows: impl ExactSizeIterator<Item = usize>,
) {
    // source: [n, ...], batch: [rows, ...]
    let mut shape: IxDyn = source.raw_dim();
    shape[0] = rows.len();
    let (mut memory, _) = std::mem::take(batch).into_raw_vec_and_offset();
    memory.clear();
    memory.reserve(shape.size());
    let numbers = source.as_slice().expect("a data set is in standard layout");
    let width = numbers.len() / source.len_of(Axis(0)).max(1);
    for row in rows {
        memory.extend_from_slice(&numbers[row * width..][..width]);
    }
    *batch = ArrayD::from_shape_vec(shape, memory).expect("every row has the shape of a row");
}

#[cfg(test)]
mod tests {
    use ndarray::Array;

    use super::*;

    fn ten() -> Dataset<f32> {
        let inputs =
            Array::from_shape_fn((10, 1, 2), |(row, _, column)| (10 * row + column) as f32);
        Dataset::new(inputs, Array::from_shape_fn(10, |row| row as f32)).unwrap()
    }

    #[test]
    fn in_order() {
        let data = ten();
        let sizes = |batches: Batches<f32>| {
            let expect = batches.len();
            let sizes: Vec<usize> = batches.map(|(inputs, _)| inputs.shape()[0]).collect();
            assert_eq!(sizes.len(), expect);
            sizes
        };
        assert_eq!(sizes(data.batches(4).unwrap()), [4, 4, 2]);
        assert_eq!(sizes(data.batches(4).unwrap().drop_last()), [4, 4]);
        assert_eq!(sizes(data.batches(5).unwrap().drop_last()), [5, 5]);
        assert_eq!(sizes(data.batches(usize::MAX).unwrap()), [10]);
        assert_eq!(sizes(data.batches(11).unwrap().drop_last()), [0; 0]);
        let (inputs, targets) = data.batches(4).unwrap().last().unwrap();
        assert_eq!(
            inputs,
            ndarray::array![[[80.0, 81.0]], [[90.0, 91.0]]].into_dyn()
        );
        assert_eq!(targets, ndarray::array![8.0, 9.0].into_dyn());
    }

    #[test]
    fn shuffled_as_the_data_set() {
        let data = ten();
        let shuffled = data.shuffled(5);
        for (a, b) in data
            .batches(3)
            .unwrap()
            .shuffled(5)
            .zip(shuffled.batches(3).unwrap())
        {
            assert_eq!(a, b);
        }
    }

    #[test]
    fn memory_is_used_again() {
        let data = ten();
        let (mut inputs, mut targets) = (ArrayD::zeros(vec![3]), ArrayD::zeros(vec![]));
        let mut places = Vec::new();
        for epoch in 0..3 {
            let mut batches = data.batches(4).unwrap().shuffled(epoch);
            while batches.next_into(&mut inputs, &mut targets) {
                places.push((inputs.as_ptr(), targets.as_ptr()));
            }
            assert_eq!(inputs.shape(), [2, 1, 2]);
        }
        assert!(places.iter().all(|place| place == &places[0]));
    }

    #[test]
    fn rows_without_numbers() {
        let data = Dataset::new(Array::<f32, _>::zeros((3, 0)), Array::zeros(3)).unwrap();
        let shapes: Vec<_> = data
            .batches(2)
            .unwrap()
            .map(|(inputs, _)| inputs.shape().to_vec())
            .collect();
        assert_eq!(shapes, [[2, 0], [1, 0]]);
        let none = Dataset::new(Array::<f32, _>::zeros((0, 2)), Array::zeros(0)).unwrap();
        assert_eq!(none.batches(2).unwrap().count(), 0);
    }
}
