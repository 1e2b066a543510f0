//! Bringing features to the same scale: mean 0 and standard deviation 1.

use ndarray::{ArrayD, Axis};

use super::{DataError, Dataset};
use crate::Element;

/// The mean and the standard deviation of each feature of the rows it was fitted to.
///
/// Fit it to the rows trained on and apply it to all others. A feature that never changes becomes 0.
///
/// ```
/// use ndarray::array;
/// use netdsl::data::Standardizer;
///
/// let scale = Standardizer::fit(&array![[1.0, 5.0], [3.0, 5.0]].into_dyn())?;
/// assert_eq!(scale.apply(array![[5.0, 6.0]].into_dyn())?, array![[3.0, 1.0]].into_dyn());
/// # Ok::<(), netdsl::data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Standardizer<E> {
    /// The mean of each feature, in the shape of a row.
    mean: ArrayD<E>,
    /// The standard deviation of each feature over all rows (divided by n, as scikit-learn does), 1 where it was 0.
    std: ArrayD<E>,
}

impl<E: Element> Standardizer<E> {
    /// Takes mean and standard deviation over the first axis of `rows`, `[n, ...]`, n at least 1.
    pub fn fit(rows: &ArrayD<E>) -> Result<Self, DataError> {
        let count = rows.shape().first().copied().unwrap_or(0);
        if count == 0 {
            let expected = "1 or more, to take mean and standard deviation of".into();
            return Err(DataError::Range {
                what: "number of rows",
                expected,
                found: "0".into(),
            });
        }
        // In f64, and twice through the rows: the sum of squares would cancel.
        let mut mean = ArrayD::<f64>::zeros(&rows.shape()[1..]);
        for row in rows.axis_iter(Axis(0)) {
            mean.zip_mut_with(&row, |sum, x| *sum += x.to_f64());
        }
        mean.mapv_inplace(|sum| sum / count as f64);
        let mut variance = ArrayD::<f64>::zeros(mean.raw_dim());
        for row in rows.axis_iter(Axis(0)) {
            ndarray::Zip::from(&mut variance)
                .and(&row)
                .and(&mean)
                .for_each(|sum, x, mean| *sum += (x.to_f64() - mean).powi(2) / count as f64);
        }
        // A constant's mean may miss it by rounding: what is left is not a scale.
        let constant =
            |mean: f64, variance: f64| variance.sqrt() <= 10.0 * f64::EPSILON * mean.abs();
        let std = ndarray::Zip::from(&mean)
            .and(&variance)
            .map_collect(|&mean, &variance| {
                if constant(mean, variance) {
                    E::ONE
                } else {
                    E::from_f64(variance.sqrt())
                }
            });
        Ok(Self {
            mean: mean.mapv(E::from_f64),
            std,
        })
    }

    /// The mean of each feature, in the shape of a row.
    pub fn mean(&self) -> &ArrayD<E> {
        &self.mean
    }

    /// The standard deviation of each feature, in the shape of a row; 1 for a feature that never changed.
    pub fn std(&self) -> &ArrayD<E> {
        &self.std
    }

    /// `(x - mean) / std` of each row.
    pub fn apply(&self, rows: ArrayD<E>) -> Result<ArrayD<E>, DataError> {
        self.each_row(rows, |x, mean, std| (x - mean) / std)
    }

    /// `x * std + mean` of each row: back to the scale the data had, as for predictions of standardised targets.
    pub fn undo(&self, rows: ArrayD<E>) -> Result<ArrayD<E>, DataError> {
        self.each_row(rows, |x, mean, std| x.mul_add(std, mean))
    }

    fn each_row(
        &self,
        mut rows: ArrayD<E>,
        change: impl Fn(E, E, E) -> E,
    ) -> Result<ArrayD<E>, DataError> {
        if rows.ndim() == 0 || &rows.shape()[1..] != self.mean.shape() {
            let found = rows.shape().get(1..).unwrap_or_default().to_vec();
            return Err(DataError::Shape {
                expected: self.mean.shape().to_vec(),
                found,
            });
        }
        for row in rows.axis_iter_mut(Axis(0)) {
            let rows = ndarray::Zip::from(row).and(&self.mean).and(&self.std);
            rows.for_each(|x, &mean, &std| *x = change(*x, mean, std));
        }
        Ok(rows)
    }
}

impl<E: Element> Dataset<E> {
    /// This data set with its inputs standardised by `scale`.
    pub fn standardized(self, scale: &Standardizer<E>) -> Result<Self, DataError> {
        let (inputs, targets) = self.into_parts();
        Self::new(scale.apply(inputs)?, targets)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{arr0, array};

    use super::*;

    #[test]
    fn mean_0_and_std_1() {
        let rows = array![[[1.0f32, 0.1]], [[3.0, 0.1]], [[8.0, 0.1]]].into_dyn();
        let scale = Standardizer::fit(&rows).unwrap();
        assert_eq!(scale.mean(), &array![[4.0, 0.1]].into_dyn());
        assert_eq!(
            scale.std(),
            &array![[(26.0f32 / 3.0).sqrt(), 1.0]].into_dyn()
        );
        let scaled = scale.apply(rows.clone()).unwrap();
        assert!(
            scaled
                .mean_axis(Axis(0))
                .unwrap()
                .iter()
                .all(|mean| mean.abs() < 1e-6)
        );
        let back = scale.undo(scaled).unwrap();
        assert!((back - rows).iter().all(|error| error.abs() < 1e-6));
        let data = Dataset::new(array![1.0, 3.0], array![0.0, 1.0]).unwrap();
        let scale = Standardizer::fit(data.inputs()).unwrap();
        assert_eq!(
            data.standardized(&scale).unwrap().inputs(),
            &array![-1.0, 1.0].into_dyn()
        );
    }

    #[test]
    fn mistakes() {
        assert!(Standardizer::fit(&ArrayD::<f64>::zeros(vec![0, 2])).is_err());
        assert!(Standardizer::fit(&arr0(1.0).into_dyn()).is_err());
        let scale = Standardizer::fit(&array![[1.0, 2.0]].into_dyn()).unwrap();
        let error = scale
            .apply(array![[1.0]].into_dyn())
            .unwrap_err()
            .to_string();
        assert!(error.contains("rows of shape [1]: expected [2]"), "{error}");
        assert!(scale.apply(arr0(1.0).into_dyn()).is_err());
    }
}
