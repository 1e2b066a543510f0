//! What the functions of one element and their derivatives are made of.

use crate::Element;

/// The two constants of SELU (Klambauer et al., 2017), as PyTorch has them.
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
pub(super) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// The coefficient of x cubed in the tanh approximation of GELU (Hendrycks and Gimpel, 2016).
pub(super) const GELU_CUBE: f64 = 0.044_715;
/// sqrt(2 / pi).
pub(super) const GELU_SLOPE: f64 =
    std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;

#[inline(always)]
pub(in crate::kernel) fn sigmoid<E: Element>(x: E) -> E {
    E::ONE / (E::ONE + (-x).exp())
}

/// `x` held within bounds; NaN stays NaN.
#[inline(always)]
pub(super) fn clamp<E: Element>(x: E, min: E, max: E) -> E {
    let x = if x < min { min } else { x };
    if x > max { max } else { x }
}

/// ln(1 + e^z) without overflow.
#[inline(always)]
pub(super) fn softplus<E: Element>(z: E) -> E {
    clamp(z, E::ZERO, E::INFINITY) + (-z.abs()).exp().ln_1p()
}

/// The normal distribution function.
#[inline(always)]
pub(super) fn normal_cdf<E: Element>(x: E) -> E {
    let half = E::from_f64(0.5);
    half + half * (x * E::from_f64(std::f64::consts::FRAC_1_SQRT_2)).erf()
}

/// The tanh within [`Unary::GeluTanh`].
#[inline(always)]
pub(super) fn gelu_tanh<E: Element>(x: E) -> E {
    (E::from_f64(GELU_SLOPE) * (x + E::from_f64(GELU_CUBE) * x * x * x)).tanh()
}

/// x to a constant power: the common ones without a call.
#[inline(always)]
pub(super) fn power<E: Element>(x: &[E], p: f64, mut write: impl FnMut(usize, E)) {
    macro_rules! each {
        (|$v:ident| $value:expr) => {
            for (i, &$v) in x.iter().enumerate() {
                write(i, $value)
            }
        };
    }
    match p {
        0.0 => each!(|_v| E::ONE),
        0.5 => each!(|v| v.sqrt()),
        1.0 => each!(|v| v),
        2.0 => each!(|v| v * v),
        3.0 => each!(|v| v * v * v),
        -1.0 => each!(|v| E::ONE / v),
        -2.0 => each!(|v| E::ONE / (v * v)),
        _ => {
            let p = E::from_f64(p);
            each!(|v| v.powf(p))
        }
    }
}

/// tanh(ln(1 + e^x)) and 1 less its square, by w = e^2x + 2e^x: w / (w + 2) and its complement.
#[inline(always)]
pub(super) fn mish<E: Element>(x: E) -> (E, E) {
    // Beyond 20 the tangent is 1 to the last place of either type.
    let twenty = E::from_f64(20.0);
    let e = (if x > twenty { twenty } else { x }).exp();
    let (two, four) = (E::from_f64(2.0), E::from_f64(4.0));
    let w = e * (e + two);
    (w / (w + two), four * (w + E::ONE) / ((w + two) * (w + two)))
}
