//! Functions of one element, over slices.

use super::Unary;
use super::parts::{
    SELU_ALPHA, SELU_SCALE, clamp, gelu_tanh, mish, normal_cdf, power, sigmoid, softplus,
};
use crate::Element;
use crate::kernel::simd::simd;

simd! { narrow
    /// `y = f(x)`, element by element.
    pub fn forward[E: Element](op: Unary, x: &[E], y: &mut [E]) {
        assert_eq!(x.len(), y.len());
        let c = |value: f64| E::from_f64(value);
        let (zero, one) = (E::ZERO, E::ONE);
        macro_rules! map {
            (|$v:ident| $value:expr) => {
                for (y, &$v) in y.iter_mut().zip(x) {
                    *y = $value;
                }
            };
        }
        match op {
            Unary::Neg => map!(|x| -x),
            Unary::Abs => map!(|x| x.abs()),
            Unary::Sign => map!(|x| if x > zero { one } else if x < zero { -one } else { x }),
            Unary::Square => map!(|x| x * x),
            Unary::Sqrt => map!(|x| x.sqrt()),
            Unary::Rsqrt => map!(|x| one / x.sqrt()),
            Unary::Recip => map!(|x| one / x),
            Unary::Exp => map!(|x| x.exp()),
            Unary::Expm1 => map!(|x| x.exp_m1()),
            Unary::Log => map!(|x| x.ln()),
            Unary::Log1p => map!(|x| x.ln_1p()),
            Unary::Sin => map!(|x| x.sin()),
            Unary::Cos => map!(|x| x.cos()),
            Unary::Powf(p) => power(x, p, |i, value| y[i] = value),
            Unary::Scale(a) => { let a = c(a); map!(|x| x * a) }
            Unary::Shift(a) => { let a = c(a); map!(|x| x + a) }
            Unary::Clamp { min, max } | Unary::Hardtanh { min, max } => {
                let (min, max) = (c(min), c(max));
                map!(|x| clamp(x, min, max))
            }
            Unary::Relu => map!(|x| if x <= zero { zero } else { x }),
            Unary::LeakyRelu(a) => { let a = c(a); map!(|x| if x > zero { x } else { x * a }) }
            Unary::Relu6 => { let six = c(6.0); map!(|x| clamp(x, zero, six)) }
            Unary::Elu(a) => {
                let a = c(a);
                map!(|x| if x > zero { x } else { a * x.exp_m1() })
            }
            Unary::Selu => {
                let (scale, a) = (c(SELU_SCALE), c(SELU_SCALE * SELU_ALPHA));
                map!(|x| if x > zero { scale * x } else { a * x.exp_m1() })
            }
            Unary::Celu(a) => {
                let a = c(a);
                map!(|x| if x > zero { x } else { a * (x / a).exp_m1() })
            }
            Unary::Gelu => map!(|x| x * normal_cdf(x)),
            Unary::GeluTanh => { let half = c(0.5); map!(|x| half * x * (one + gelu_tanh(x))) }
            Unary::Silu => map!(|x| x * sigmoid(x)),
            Unary::Mish => map!(|x| x * mish(x).0),
            Unary::Sigmoid => map!(|x| sigmoid(x)),
            Unary::LogSigmoid => map!(|x| -softplus(-x)),
            Unary::Tanh => map!(|x| x.tanh()),
            Unary::Tanhshrink => map!(|x| x - x.tanh()),
            Unary::Softplus { beta, threshold } => {
                let (beta, threshold) = (c(beta), c(threshold));
                map!(|x| if x * beta > threshold { x } else { softplus(x * beta) / beta })
            }
            Unary::Softsign => map!(|x| x / (one + x.abs())),
            Unary::Softshrink(a) => {
                let a = c(a);
                map!(|x| x - clamp(x, -a, a))
            }
            Unary::Hardshrink(a) => {
                let a = c(a);
                map!(|x| if x >= -a && x <= a { zero } else { x })
            }
            Unary::Hardsigmoid => {
                let (three, six) = (c(3.0), c(6.0));
                map!(|x| clamp(x + three, zero, six) / six)
            }
            Unary::Hardswish => {
                let (three, six) = (c(3.0), c(6.0));
                map!(|x| x * clamp(x + three, zero, six) / six)
            }
            Unary::Threshold { threshold, value } => {
                let (threshold, value) = (c(threshold), c(value));
                map!(|x| if x <= threshold { value } else { x })
            }
            Unary::Step => map!(|x| if x > zero { one } else { zero }),
        }
    }
}
