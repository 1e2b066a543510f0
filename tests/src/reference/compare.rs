//! How far results are from PyTorch's.

use super::tensors::Tensors;
use ndarray::ArrayD;
use netdsl::Element;
use serde_json::Value;

/// What results of an element type are compared with, and how exactly.
#[derive(Clone, Copy)]
pub struct Measure<'a> {
    tensors: &'a Tensors,
    double: bool,
    out: f64,
    grad: f64,
}

/// What a result is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A result of the forward pass.
    Out,
    /// A gradient, or what follows from gradients.
    Grad,
}

/// The relative difference allowed in `f64`.
const DOUBLE: f64 = 1e-9;

/// The relative difference of a number from the same one rounded to `f32`.
const ROUNDED: f64 = 1e-7;

impl<'a> Measure<'a> {
    /// The measure for elements of type `E`; `errors` are those of PyTorch's own `f32`.
    pub fn new<E: Element>(tensors: &'a Tensors, errors: &Value) -> Self {
        let tolerance = |key: &str| match super::manifest::float(&errors[key]) {
            Some(error) if error.is_finite() => f64::max(1e-5, 10.0 * error),
            _ => 1e-5,
        };
        Self {
            tensors,
            double: E::DTYPE == "F64",
            out: tolerance("out"),
            grad: tolerance("grad"),
        }
    }

    /// What is wrong with a result of a name, if anything.
    pub fn check<E: Element>(&self, kind: Kind, name: &str, found: &ArrayD<E>) -> Option<String> {
        let values: Vec<f64> = found.iter().map(|value| value.to_f64()).collect();
        self.check_values(kind, name, found.shape(), &values)
    }

    /// As [`Self::check`], of the numbers alone.
    pub fn check_values(
        &self,
        kind: Kind,
        name: &str,
        shape: &[usize],
        found: &[f64],
    ) -> Option<String> {
        let exact = self
            .tensors
            .find(&format!("f64.{name}"))
            .filter(|_| self.double);
        let wanted = match exact.or_else(|| self.tensors.find(name)) {
            Some(wanted) => wanted,
            None => return Some(format!("the file has no `{name}`")),
        };
        if wanted.shape != shape {
            return Some(format!("{name} is {shape:?}, not {:?}", wanted.shape));
        }
        let tolerance = match (self.double, exact.is_some(), kind) {
            (true, true, _) => DOUBLE,
            (true, false, _) => ROUNDED,
            (false, _, Kind::Out) => self.out,
            (false, _, Kind::Grad) => self.grad,
        };
        let error = error(found, &wanted.values);
        (error.is_nan() || error > tolerance)
            .then(|| format!("{name} differs by {error:.2e}, allowed is {tolerance:.0e}"))
    }
}

/// The largest difference, relative to the largest number there should be.
pub fn error(found: &[f64], wanted: &[f64]) -> f64 {
    let (mut largest, mut scale) = (0f64, 1e-3f64);
    for (&found, &wanted) in found.iter().zip(wanted) {
        if wanted.is_finite() {
            scale = scale.max(wanted.abs());
        }
        let same = found == wanted || (found.is_nan() && wanted.is_nan());
        let difference = if same { 0.0 } else { (found - wanted).abs() };
        largest = if difference.is_nan() {
            f64::INFINITY
        } else {
            largest.max(difference)
        };
    }
    if found.len() == wanted.len() {
        largest / scale
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::error;

    #[test]
    fn errors_are_relative_to_the_largest_number() {
        assert_eq!(error(&[1.0, 4.0], &[1.0, 5.0]), 0.2);
        assert_eq!(error(&[1e-6], &[0.0]), 1e-3);
        assert_eq!(
            error(&[f64::NAN, f64::INFINITY], &[f64::NAN, f64::INFINITY]),
            0.0
        );
        assert_eq!(error(&[f64::NAN, 1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(error(&[f64::NEG_INFINITY], &[f64::INFINITY]), f64::INFINITY);
    }
}
