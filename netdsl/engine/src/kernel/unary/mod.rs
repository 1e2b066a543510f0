//! Functions of one element, and their derivatives.
//!
//! Serial: the engine calls these on blocks that fit the first-level cache and shares the blocks
//! among threads itself. Values and derivatives at kinks are those of `torch.nn`.

mod forward;
mod gradient;
mod parts;

pub use forward::forward;
pub use gradient::gradient;
pub(super) use parts::sigmoid;

/// A function of one element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unary {
    /// -x.
    Neg,
    /// |x|; derivative 0 at 0.
    Abs,
    /// -1, 0 or 1.
    Sign,
    /// x squared.
    Square,
    /// The square root.
    Sqrt,
    /// 1 / sqrt(x).
    Rsqrt,
    /// 1 / x.
    Recip,
    /// e to the x.
    Exp,
    /// e to the x, less 1.
    Expm1,
    /// The natural logarithm.
    Log,
    /// ln(1 + x).
    Log1p,
    /// The sine of an angle in radians.
    Sin,
    /// The cosine of an angle in radians.
    Cos,
    /// x to a constant power.
    Powf(f64),
    /// x times a constant.
    Scale(f64),
    /// x plus a constant.
    Shift(f64),
    /// x held within bounds; derivative 1 at the bounds.
    Clamp {
        /// The least result.
        min: f64,
        /// The greatest result.
        max: f64,
    },
    /// max(x, 0); derivative 0 at 0.
    Relu,
    /// x, times this slope unless positive.
    LeakyRelu(f64),
    /// min(max(x, 0), 6).
    Relu6,
    /// x if positive, else a (e^x - 1).
    Elu(f64),
    /// ELU scaled to keep mean 0 and variance 1.
    Selu,
    /// x if positive, else a (e^(x/a) - 1).
    Celu(f64),
    /// x times the normal distribution function of x.
    Gelu,
    /// GELU with the distribution function approximated by tanh.
    GeluTanh,
    /// x times its sigmoid.
    Silu,
    /// x tanh(ln(1 + e^x)).
    Mish,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// The logarithm of the sigmoid.
    LogSigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// x - tanh x.
    Tanhshrink,
    /// ln(1 + e^(beta x)) / beta, and x itself where beta x exceeds the threshold.
    Softplus {
        /// The sharpness.
        beta: f64,
        /// Where the function becomes linear.
        threshold: f64,
    },
    /// x / (1 + |x|).
    Softsign,
    /// x moved towards 0 by this much, stopping there.
    Softshrink(f64),
    /// x, but 0 within this distance of 0.
    Hardshrink(f64),
    /// x held within bounds; derivative 0 at the bounds.
    Hardtanh {
        /// The least result.
        min: f64,
        /// The greatest result.
        max: f64,
    },
    /// relu6(x + 3) / 6.
    Hardsigmoid,
    /// x relu6(x + 3) / 6.
    Hardswish,
    /// x above the threshold, else the value.
    Threshold {
        /// What x must exceed.
        threshold: f64,
        /// The result elsewhere.
        value: f64,
    },
    /// 1 if x > 0, else 0.
    Step,
}

impl Unary {
    /// Whether [`gradient`] reads the argument and whether it reads the result.
    pub const fn gradient_needs(self) -> (bool, bool) {
        match self {
            Self::Neg | Self::Sign | Self::Scale(_) | Self::Shift(_) | Self::Step => (false, false),
            // With a negative slope the sign of the result no longer tells that of the argument.
            Self::LeakyRelu(a) => (a < 0.0, a >= 0.0),
            Self::Sqrt | Self::Rsqrt | Self::Recip | Self::Exp | Self::Expm1 => (false, true),
            Self::Relu | Self::Relu6 => (false, true),
            Self::Elu(_) | Self::Selu | Self::Celu(_) => (true, false),
            Self::Sigmoid | Self::LogSigmoid | Self::Tanh => (false, true),
            Self::Softshrink(_) | Self::Hardshrink(_) => (false, true),
            Self::Hardtanh { .. } | Self::Hardsigmoid => (false, true),
            Self::Abs | Self::Square | Self::Log | Self::Log1p | Self::Powf(_) => (true, false),
            Self::Sin | Self::Cos => (true, false),
            Self::Clamp { .. } | Self::Threshold { .. } | Self::Hardswish => (true, false),
            Self::Gelu | Self::GeluTanh | Self::Silu | Self::Mish => (true, false),
            Self::Tanhshrink | Self::Softplus { .. } | Self::Softsign => (true, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Element;

    const ALL: [Unary; 46] = [
        Unary::Neg,
        Unary::Abs,
        Unary::Sign,
        Unary::Square,
        Unary::Sqrt,
        Unary::Rsqrt,
        Unary::Recip,
        Unary::Exp,
        Unary::Expm1,
        Unary::Log,
        Unary::Log1p,
        Unary::Sin,
        Unary::Cos,
        Unary::Powf(0.0),
        Unary::Powf(3.0),
        Unary::Powf(1.7),
        Unary::Scale(2.5),
        Unary::Shift(-1.5),
        Unary::Clamp {
            min: -0.5,
            max: 0.7,
        },
        Unary::Relu,
        Unary::LeakyRelu(0.01),
        Unary::LeakyRelu(-0.5),
        Unary::Relu6,
        Unary::Elu(1.5),
        Unary::Elu(-0.5),
        Unary::Selu,
        Unary::Celu(0.7),
        Unary::Gelu,
        Unary::GeluTanh,
        Unary::Silu,
        Unary::Mish,
        Unary::Sigmoid,
        Unary::LogSigmoid,
        Unary::Tanh,
        Unary::Tanhshrink,
        Unary::Softplus {
            beta: 2.0,
            threshold: 20.0,
        },
        Unary::Softplus {
            beta: 1.0,
            threshold: 1.0,
        },
        Unary::Softsign,
        Unary::Softshrink(0.4),
        Unary::Hardshrink(0.4),
        Unary::Hardtanh {
            min: -0.9,
            max: 1.1,
        },
        Unary::Hardsigmoid,
        Unary::Hardswish,
        Unary::Threshold {
            threshold: 0.2,
            value: -3.0,
        },
        Unary::Step,
        Unary::Threshold {
            threshold: -0.2,
            value: 3.0,
        },
    ];

    fn at<E: Element>(op: Unary, x: E) -> (E, E) {
        let (mut y, mut dx) = ([E::ZERO], [E::ZERO]);
        forward(op, &[x], &mut y);
        // What the gradient says it does not need, it must not get.
        let (needs_x, needs_y) = op.gradient_needs();
        let (xs, ys) = ([x], y);
        let (xs, ys) = (&xs[..needs_x as usize], &ys[..needs_y as usize]);
        gradient(op, xs, ys, &[E::from_f64(2.0)], &mut dx);
        (y[0], dx[0] / E::from_f64(2.0))
    }

    #[test]
    fn derivatives_match_finite_differences_and_both_types_agree() {
        for op in ALL {
            // None of these points is within the step of a kink.
            for i in 0..60 {
                let x = -6.0137 + 0.2071 * f64::from(i);
                let (y, slope) = at(op, x);
                if y.is_nan() {
                    continue;
                }
                let h = 1e-6;
                let numeric = (at(op, x + h).0 - at(op, x - h).0) / (2.0 * h);
                assert!(
                    (slope - numeric).abs() < 1e-6 * (1.0 + slope.abs()),
                    "{op:?} {x} {slope} {numeric}"
                );
                let (single, single_slope) = at(op, x as f32);
                assert!(
                    (f64::from(single) - y).abs() < 3e-6 * (1.0 + y.abs()),
                    "{op:?} {x}"
                );
                let error = (f64::from(single_slope) - slope).abs();
                assert!(error < 1e-5 * (1.0 + slope.abs()), "{op:?} {x}");
            }
        }
    }

    #[test]
    fn huge_arguments_saturate() {
        for op in ALL {
            for x in [3e38f32, -3e38, 200.0, -200.0, 1e20, -1e20, 0.0] {
                let (y, slope) = at(op, x);
                let undefined = x < 0.0 && at(op, -2.0f32).0.is_nan();
                assert!(undefined || !y.is_nan(), "{op:?} {x}");
                let infinite = y.is_infinite() || x == 0.0;
                assert!(undefined || infinite || !slope.is_nan(), "{op:?} {x}");
            }
            let constant = matches!(op, Unary::Powf(0.0) | Unary::Step);
            assert!(constant || at(op, f64::NAN).0.is_nan(), "{op:?}");
        }
    }

    #[test]
    fn values_match_the_definitions() {
        let x = -1.25f64;
        let softplus = (1.0 + x.exp()).ln();
        let sigmoid = 1.0 / (1.0 + (-x).exp());
        for (op, y) in [
            (Unary::Elu(1.5), 1.5 * (x.exp() - 1.0)),
            (Unary::Celu(0.5), 0.5 * ((x / 0.5).exp() - 1.0)),
            (
                Unary::Selu,
                1.0507009873554805 * 1.6732632423543772 * (x.exp() - 1.0),
            ),
            (Unary::Gelu, -0.13206221708356907),
            (Unary::Silu, x * sigmoid),
            (Unary::Mish, x * softplus.tanh()),
            (Unary::LogSigmoid, sigmoid.ln()),
            (
                Unary::Softplus {
                    beta: 1.0,
                    threshold: 20.0,
                },
                softplus,
            ),
            (Unary::Softshrink(0.5), -0.75),
            (Unary::Hardswish, x * 1.75 / 6.0),
        ] {
            assert!((at(op, x).0 - y).abs() < 1e-14, "{op:?} {}", at(op, x).0);
        }
    }

    #[test]
    fn angles_of_any_size_are_reduced_exactly() {
        // 1e22 is the classic of Ng, "Argument reduction for huge arguments", 1992.
        for (x, sine, cosine) in [
            (1e22, -0.852_200_849_767_188_8, 0.523_214_785_395_139),
            (1e5, 0.035_748_797_972_016_51, -0.999_360_807_438_212_4),
        ] {
            assert!((at::<f64>(Unary::Sin, x).0 - sine).abs() < 2e-16, "{x}");
            assert!((at::<f64>(Unary::Cos, x).0 - cosine).abs() < 2e-16, "{x}");
        }
        for i in 1..400 {
            let x = 1.231f32.powi(i);
            for op in [Unary::Sin, Unary::Cos] {
                let (y, slope) = at(op, x);
                let (exact, exact_slope) = at(op, f64::from(x));
                assert!((f64::from(y) - exact).abs() <= 6e-8, "{op:?} {x}");
                assert!((f64::from(slope) - exact_slope).abs() <= 6e-8, "{op:?} {x}");
            }
        }
    }

    #[test]
    fn slopes_of_far_negative_arguments_keep_their_digits() {
        let x = [-9.5f32];
        for op in [Unary::Elu(1.0), Unary::Selu, Unary::Celu(1.0)] {
            let (mut y, mut slope) = ([0.0f32], [0.0f32]);
            forward(op, &x, &mut y);
            gradient(op, &x, &y, &[1.0], &mut slope);
            let wanted: f64 = at(op, f64::from(x[0])).1;
            assert!((f64::from(slope[0]) / wanted - 1.0).abs() < 1e-6, "{op:?}");
        }
    }

    #[test]
    fn slopes_where_nothing_is_finite_are_those_of_pytorch() {
        let slope = |op, x: f64| at(op, x).1;
        for op in [Unary::GeluTanh, Unary::Mish, Unary::Softsign] {
            for x in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
                assert!(slope(op, x).is_nan(), "{op:?} {x}");
            }
        }
        for (op, wanted) in [
            (Unary::Elu(0.5), 1.0),
            (Unary::Celu(0.3), 1.0),
            (Unary::Selu, 1.0507009873554805),
        ] {
            assert_eq!(slope(op, f64::NAN), wanted, "{op:?}");
        }
    }

    #[test]
    fn slopes_of_celu_are_by_the_inverse_of_single_precision() {
        // 1 / f32(0.3) is 3.3333332008785726.
        let inverse = 3.333_333_200_878_572_6_f64;
        let wanted = 0.3 * inverse * (-2.0 * inverse).exp();
        let (mut y, mut slope) = ([0.0], [0.0]);
        forward(Unary::Celu(0.3), &[-2.0], &mut y);
        gradient(Unary::Celu(0.3), &[-2.0], &y, &[1.0], &mut slope);
        assert!((slope[0] / wanted - 1.0).abs() < 1e-15);
    }

    #[test]
    fn slopes_at_kinks_are_those_of_pytorch() {
        let slope = |op, x: f64| at(op, x).1;
        assert_eq!(slope(Unary::Relu, 0.0), 0.0);
        assert_eq!(slope(Unary::Abs, 0.0), 0.0);
        assert_eq!(slope(Unary::LeakyRelu(0.1), 0.0), 0.1);
        assert_eq!(slope(Unary::Elu(0.5), 0.0), 0.5);
        assert_eq!(
            (slope(Unary::Relu6, 0.0), slope(Unary::Relu6, 6.0)),
            (0.0, 0.0)
        );
        let (clamp, hardtanh) = (
            Unary::Clamp {
                min: -1.0,
                max: 1.0,
            },
            Unary::Hardtanh {
                min: -1.0,
                max: 1.0,
            },
        );
        assert_eq!((slope(clamp, -1.0), slope(clamp, 1.0)), (1.0, 1.0));
        assert_eq!((slope(hardtanh, -1.0), slope(hardtanh, 1.0)), (0.0, 0.0));
        assert_eq!(
            (slope(Unary::Hardswish, -3.0), slope(Unary::Hardswish, 3.0)),
            (0.0, 1.0)
        );
        assert_eq!(
            (
                slope(Unary::Hardsigmoid, -3.0),
                slope(Unary::Hardsigmoid, 3.0)
            ),
            (0.0, 0.0)
        );
    }

    #[test]
    fn any_length_works() {
        for n in [0, 1, 2, 7, 16, 33, 100] {
            let x: Vec<f32> = (0..n).map(|i| i as f32 * 0.1 - 2.0).collect();
            let mut y = vec![0.0; n];
            forward(Unary::Gelu, &x, &mut y);
            for (&x, &y) in x.iter().zip(&y) {
                assert_eq!(at(Unary::Gelu, x).0, y);
            }
        }
    }
}
