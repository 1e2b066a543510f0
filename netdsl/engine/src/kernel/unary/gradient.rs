//! Derivatives of functions of one element, over slices.

use super::Unary;
use super::parts::{
    GELU_CUBE, GELU_SLOPE, SELU_ALPHA, SELU_SCALE, clamp, gelu_tanh, mish, normal_cdf, power,
    sigmoid,
};
use crate::Element;
use crate::kernel::simd::simd;

simd! { narrow
    /// `dx = dy f'(x)`. Of `x` and `y`, those that [`Unary::gradient_needs`] denies may be empty.
    pub fn gradient[E: Element](op: Unary, x: &[E], y: &[E], dy: &[E], dx: &mut [E]) {
        let (needs_x, needs_y) = op.gradient_needs();
        assert_eq!(dy.len(), dx.len());
        assert!(!needs_x || x.len() == dx.len());
        assert!(!needs_y || y.len() == dx.len());
        let c = |value: f64| E::from_f64(value);
        let (zero, one, half) = (E::ZERO, E::ONE, E::from_f64(0.5));
        macro_rules! from {
            ($slice:ident, |$v:ident, $d:ident| $value:expr) => {
                for ((dx, &$d), &$v) in dx.iter_mut().zip(dy).zip($slice) {
                    *dx = $value;
                }
            };
        }
        match op {
            Unary::Neg => from!(dy, |_v, d| -d),
            Unary::Sign | Unary::Step => dx.fill(zero),
            Unary::Scale(a) => { let a = c(a); from!(dy, |_v, d| d * a) }
            Unary::Shift(_) => dx.copy_from_slice(dy),
            Unary::Abs => {
                from!(x, |x, d| if x > zero { d } else if x < zero { -d } else { x * d })
            }
            Unary::Square => from!(x, |x, d| (x + x) * d),
            Unary::Sqrt => from!(y, |y, d| d / (y + y)),
            Unary::Rsqrt => from!(y, |y, d| -half * d * (y * y * y)),
            Unary::Recip => from!(y, |y, d| -d * (y * y)),
            Unary::Exp => from!(y, |y, d| d * y),
            Unary::Expm1 => from!(y, |y, d| d * (y + one)),
            Unary::Log => from!(x, |x, d| d / x),
            Unary::Log1p => from!(x, |x, d| d / (x + one)),
            Unary::Sin => from!(x, |x, d| d * x.cos()),
            Unary::Cos => from!(x, |x, d| -d * x.sin()),
            // A constant has no slope even where the power of x - 1 is infinite.
            Unary::Powf(0.0) => dx.fill(zero),
            Unary::Powf(p) => {
                let scale = c(p);
                power(x, p - 1.0, |i, value| dx[i] = dy[i] * (scale * value));
            }
            Unary::Clamp { min, max } => {
                let (min, max) = (c(min), c(max));
                from!(x, |x, d| if x >= min && x <= max { d } else { zero })
            }
            Unary::Relu => from!(y, |y, d| if y <= zero { zero } else { d }),
            Unary::LeakyRelu(a) => {
                let slope = c(a);
                let sign = if a < 0.0 { x } else { y };
                from!(sign, |v, d| if v > zero { d } else { d * slope })
            }
            Unary::Relu6 => {
                let six = c(6.0);
                from!(y, |y, d| if y <= zero || y >= six { zero } else { d })
            }
            // From x: where y is close to −a, y + a has lost all digits. NaN counts as positive, as in PyTorch.
            Unary::Elu(a) => {
                let a = c(a);
                from!(x, |x, d| if x <= zero { d * a * x.exp() } else { d })
            }
            Unary::Selu => {
                let (scale, a) = (c(SELU_SCALE), c(SELU_SCALE * SELU_ALPHA));
                from!(x, |x, d| if x <= zero { d * a * x.exp() } else { d * scale })
            }
            Unary::Celu(a) => {
                // As PyTorch: the inverse is that of single precision, whatever the elements are.
                let (a, inverse) = (c(a), c(1.0 / f64::from(a as f32)));
                from!(x, |x, d| if x <= zero { d * (inverse * a) * (x * inverse).exp() } else { d })
            }
            Unary::Gelu => {
                let density = c(0.5 * std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2);
                from!(x, |x, d| d * (normal_cdf(x) + x * density * (-half * x * x).exp()))
            }
            Unary::GeluTanh => {
                // Beyond 20 the slope's second term is 0; there it would be 0 times infinity, which it is only where
                // x is infinite: PyTorch's slope there is NaN.
                let (twenty, slope, cube) = (c(20.0), c(GELU_SLOPE), c(3.0 * GELU_CUBE));
                from!(x, |x, d| {
                    let undefined = x * zero;
                    let x = clamp(x, -twenty, twenty);
                    let t = gelu_tanh(x);
                    let rise = x * (one - t * t) * slope * (one + cube * x * x);
                    d * half * (one + t + (rise + undefined))
                })
            }
            Unary::Silu => from!(x, |x, d| {
                let s = sigmoid(x);
                d * (s * (one + x * (one - s)))
            }),
            Unary::Mish => {
                let twenty = c(20.0);
                from!(x, |x, d| {
                    // NaN where x is infinite, as in PyTorch.
                    let undefined = x * zero;
                    let x = if x > twenty { twenty } else { x };
                    let (t, rest) = mish(x);
                    d * (t + (x * rest * sigmoid(x) + undefined))
                })
            }
            Unary::Sigmoid => from!(y, |y, d| d * (y * (one - y))),
            Unary::LogSigmoid => from!(y, |y, d| -d * y.exp_m1()),
            Unary::Tanh => from!(y, |y, d| d * (one - y * y)),
            Unary::Tanhshrink => from!(x, |x, d| {
                let t = x.tanh();
                d * (t * t)
            }),
            Unary::Softplus { beta, threshold } => {
                let (beta, threshold) = (c(beta), c(threshold));
                from!(x, |x, d| if x * beta > threshold { d } else { d * sigmoid(x * beta) })
            }
            Unary::Softsign => from!(x, |x, d| {
                let s = one + x.abs();
                // NaN where x is infinite, as in PyTorch.
                d / s / s + x * zero
            }),
            Unary::Softshrink(_) | Unary::Hardshrink(_) => {
                from!(y, |y, d| if y == zero { zero } else { d })
            }
            Unary::Hardtanh { min, max } => {
                let (min, max) = (c(min), c(max));
                from!(y, |y, d| if y <= min || y >= max { zero } else { d })
            }
            Unary::Hardsigmoid => {
                // As PyTorch: a sixth of single precision, whatever the elements are.
                let sixth = c(f64::from(1.0f32 / 6.0));
                from!(y, |y, d| if y > zero && y < one { d * sixth } else { zero })
            }
            Unary::Hardswish => {
                let three = c(3.0);
                from!(x, |x, d| {
                    let inside = if x < three { d * (x / three + half) } else { d };
                    if x <= -three { zero } else { inside }
                })
            }
            Unary::Threshold { threshold, .. } => {
                let threshold = c(threshold);
                from!(x, |x, d| if x <= threshold { zero } else { d })
            }
        }
    }
}
