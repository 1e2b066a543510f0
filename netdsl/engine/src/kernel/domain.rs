//! Elements that have to lie within bounds.

use std::fmt;

use crate::Element;

/// Which values an array may hold, and what is said of another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// Who takes what: "`BceLoss` takes …".
    pub rule: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

/// An element that is not in its domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DomainError {
    /// Where in the array it is.
    pub position: usize,
    /// What it is.
    pub value: f64,
    /// The domain.
    pub domain: &'static Domain,
}

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position,
            value,
            domain,
        } = self;
        write!(
            f,
            "{}, but is given {value} at position {position}",
            domain.rule
        )
    }
}

impl std::error::Error for DomainError {}

/// `y` gets the elements of `x`, unless one of them is not in the domain; NaN is in none.
pub fn within<E: Element>(
    x: &[E],
    domain: &'static Domain,
    y: &mut [E],
) -> Result<(), DomainError> {
    let (least, greatest) = (E::from_f64(domain.least), E::from_f64(domain.greatest));
    let is_inside = |x: &E| *x >= least && *x <= greatest;
    // Without a way out of the loop, which runs on vectors so.
    if !x.iter().fold(true, |all, x| all & is_inside(x)) {
        let outside = x.iter().enumerate().find(|(_, x)| !is_inside(x));
        if let Some((position, value)) = outside {
            let value = value.to_f64();
            return Err(DomainError {
                position,
                value,
                domain,
            });
        }
    }
    y.copy_from_slice(x);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    static PART: Domain = Domain {
        least: 0.0,
        greatest: 1.0,
        rule: "a part is from 0 to 1",
        help: "",
    };

    #[test]
    fn bounds_are_inside() {
        let (x, mut y) = ([0.0, -0.0, 1.0, 0.5f32], [7.0; 4]);
        within(&x, &PART, &mut y).unwrap();
        assert_eq!(y, x);
        within::<f64>(&[], &PART, &mut []).unwrap();
    }

    #[test]
    fn what_is_outside_is_told() {
        let over = 1.0 + f32::EPSILON;
        for value in [over, -f32::MIN_POSITIVE, f32::INFINITY, f32::NAN] {
            let mut y = [7.0; 3];
            let error = within(&[0.5, value, 2.0], &PART, &mut y).unwrap_err();
            assert_eq!((error.position, y), (1, [7.0; 3]));
            let told = format!("is given {} at position 1", f64::from(value));
            assert!(error.to_string().ends_with(&told), "{error}");
        }
    }
}
