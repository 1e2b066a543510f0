//! Functions of each element: the activations of `torch.nn`.
//!
//! x: any shape → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         act: LeakyRelu(negative_slope = 0.5),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[-2.0, 4.0]])?, array![[-1.0, 4.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::unary::Unary;
use crate::graph::{Scope, Tensor};

macro_rules! activations {
    ($($(#[$meta:meta])* $name:ident { $($option:ident = $default:expr),* } => |$at:ident, $this:ident| $function:expr;)*) => {$(
        crate::layer! {
            $(#[$meta])*
            pub struct $name { $($option = $default),* }
        }

        impl $name {
            /// x: any shape → the same
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                let ($at, $this) = (at, self);
                let _ = ($at, $this);
                x.map($function)
            }
        }
    )*};
}

activations! {
    /// max(x, 0): `torch.nn.ReLU`.
    #[doc(alias = "ReLU")]
    Relu {} => |at, this| Unary::Relu;
    /// min(max(x, 0), 6): `torch.nn.ReLU6`.
    #[doc(alias = "ReLU6")]
    Relu6 {} => |at, this| Unary::Relu6;
    /// x where positive, `negative_slope` · x elsewhere: `torch.nn.LeakyReLU`.
    #[doc(alias = "LeakyReLU")]
    LeakyRelu { negative_slope = 0.01 } => |at, this| Unary::LeakyRelu(at.number("negative_slope", this.negative_slope));
    /// x where positive, `alpha` · (eˣ − 1) elsewhere: `torch.nn.ELU`.
    #[doc(alias = "ELU")]
    Elu { alpha = 1.0 } => |at, this| Unary::Elu(at.number("alpha", this.alpha));
    /// max(0, x) + min(0, `alpha` · (e^(x/alpha) − 1)): `torch.nn.CELU`.
    #[doc(alias = "CELU")]
    Celu { alpha = 1.0 } => |at, this| Unary::Celu(at.number("alpha", this.alpha));
    /// The self-normalising exponential linear unit: `torch.nn.SELU`.
    #[doc(alias = "SELU")]
    Selu {} => |at, this| Unary::Selu;
    /// x · Φ(x), or its approximation by tanh: `torch.nn.GELU`.
    #[doc(alias = "GELU")]
    Gelu { approximate = "none" } => |at, this| {
        match at.choice("approximate", this.approximate, &["none", "tanh"], "\"none\" or \"tanh\"") {
            0 => Unary::Gelu,
            _ => Unary::GeluTanh,
        }
    };
    /// x · σ(x): `torch.nn.SiLU`.
    #[doc(alias = "SiLU")]
    Silu {} => |at, this| Unary::Silu;
    /// x · tanh(softplus(x)): `torch.nn.Mish`.
    Mish {} => |at, this| Unary::Mish;
    /// 1 / (1 + e⁻ˣ): `torch.nn.Sigmoid`.
    Sigmoid {} => |at, this| Unary::Sigmoid;
    /// ln σ(x): `torch.nn.LogSigmoid`.
    LogSigmoid {} => |at, this| Unary::LogSigmoid;
    /// Hyperbolic tangent: `torch.nn.Tanh`.
    Tanh {} => |at, this| Unary::Tanh;
    /// ln(1 + e^(`beta`·x)) / `beta`, linear where `beta`·x is above `threshold`: `torch.nn.Softplus`.
    Softplus { beta = 1.0, threshold = 20.0 } => |at, this| Unary::Softplus {
        beta: at.number("beta", this.beta),
        threshold: at.number("threshold", this.threshold),
    };
    /// x / (1 + |x|): `torch.nn.Softsign`.
    Softsign {} => |at, this| Unary::Softsign;
    /// x between `min_val` and `max_val`, else the nearer of them: `torch.nn.Hardtanh`.
    Hardtanh { min_val = crate::shape::Arg::float(-1.0), max_val = 1.0 } => |at, this| Unary::Hardtanh {
        min: at.number("min_val", this.min_val),
        max: at.number("max_val", this.max_val),
    };
    /// min(max(x + 3, 0), 6) / 6: `torch.nn.Hardsigmoid`.
    Hardsigmoid {} => |at, this| Unary::Hardsigmoid;
    /// x · hardsigmoid(x): `torch.nn.Hardswish`.
    Hardswish {} => |at, this| Unary::Hardswish;
    /// x − tanh x: `torch.nn.Tanhshrink`.
    Tanhshrink {} => |at, this| Unary::Tanhshrink;
    /// x moved towards 0 by `lambd`, stopping there: `torch.nn.Softshrink`.
    Softshrink { lambd = 0.5 } => |at, this| Unary::Softshrink(at.number("lambd", this.lambd));
    /// x, but 0 within `lambd` of 0: `torch.nn.Hardshrink`.
    Hardshrink { lambd = 0.5 } => |at, this| Unary::Hardshrink(at.number("lambd", this.lambd));
    /// x where above `threshold`, `value` elsewhere: `torch.nn.Threshold`.
    Threshold { threshold = 0.0, value = 0.0 } => |at, this| Unary::Threshold {
        threshold: at.number("threshold", this.threshold),
        value: at.number("value", this.value),
    };
}
