//! Initial values of parameters: the initialisers of `torch.nn.init`, each parameter on a random stream of its own.
//!
//! [`Init`] says which law, [`stream`] names the randomness, [`fill`] and [`fill_all`] draw. Layers give their parameters
//! an `Init`; binding a network collects one [`Job`] per parameter and draws all at once.
//!
//! An array is cut into chunks of [`CHUNK`] elements. Chunk c is drawn from generator c of the stream, so chunks may be
//! drawn in any order and on any thread. (Orthogonal and sparse matrices are drawn as a whole.)

mod draws;
mod error;
mod fan;
mod fill;
mod law;
mod normal;
mod orthogonal;
mod pattern;
mod stream;
mod uniform;
mod written;

pub use draws::{Draws, Function};
pub use error::InitError;
pub use fan::{FanMode, Nonlinearity, fan_in_and_out};
pub use fill::{Job, fill, fill_all};
pub use stream::{CHUNK, Stream, stream};

/// How a parameter starts. Names, formulas and defaults are those of `torch.nn.init`; weights are `[out, in, *kernel]`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// 0.
    Zeros,
    /// 1.
    Ones,
    /// One value.
    Constant(f64),
    /// U(low, high).
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// N(mean, std²).
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// N(0, 1) but for one row of zeros, whose index it is: an embedding with padding. 2 axes.
    NormalButRow(usize),
    /// N(mean, std²) conditioned on [a, b]. The cut-offs are values, not multiples of `std`.
    TruncNormal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation.
        std: f64,
        /// Lower cut-off.
        a: f64,
        /// Upper cut-off.
        b: f64,
    },
    /// U(−r, r), r = gain · √(6 / (fan_in + fan_out)) (Glorot and Bengio, "Understanding the difficulty of training deep
    /// feedforward neural networks", 2010).
    #[doc(alias = "glorot")]
    XavierUniform {
        /// Factor of the bound.
        gain: f64,
    },
    /// N(0, s²), s = gain · √(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).
    #[doc(alias = "glorot")]
    XavierNormal {
        /// Factor of the standard deviation.
        gain: f64,
    },
    /// U(−r, r), r = gain · √(3 / fan), gain that of `nonlinearity` (He, Zhang, Ren and Sun, "Delving deep into
    /// rectifiers", 2015).
    #[doc(alias = "he")]
    KaimingUniform {
        /// Slope below 0, for leaky relu.
        a: f64,
        /// Which fan.
        mode: FanMode,
        /// What follows the weight.
        nonlinearity: Nonlinearity,
    },
    /// N(0, s²), s = gain / √fan, gain that of `nonlinearity` (He, Zhang, Ren and Sun, 2015).
    #[doc(alias = "he")]
    KaimingNormal {
        /// Slope below 0, for leaky relu.
        a: f64,
        /// Which fan.
        mode: FanMode,
        /// What follows the weight.
        nonlinearity: Nonlinearity,
    },
    /// `gain` times a matrix `[out, in · ∏ kernel]` with orthonormal rows or, if it is taller than wide, columns (Saxe,
    /// McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013).
    Orthogonal {
        /// Factor.
        gain: f64,
    },
    /// The identity matrix, ones on the diagonal as far as it goes. 2 axes.
    Eye,
    /// A convolution kernel that passes input channel i to output channel i, in each group. 3 to 5 axes.
    Dirac {
        /// Groups the output channels are split in.
        groups: usize,
    },
    /// N(0, std²) with ⌈sparsity · out⌉ zeros at random places of every column. 2 axes (Martens, "Deep learning via
    /// Hessian-free optimization", 2010).
    Sparse {
        /// Share of zeros in a column.
        sparsity: f64,
        /// Standard deviation of the others.
        std: f64,
    },
    /// U(−1/√fan, 1/√fan), with the fan that the caller of [`fill`] gives, otherwise the array's own fan-in. What PyTorch's
    /// `Linear` and convolutions draw their weights and biases from (where it is written as Kaiming with a = √5), and, with
    /// fan = hidden size, its recurrent layers.
    FanInUniform,
    /// A function of one's own: [`Init::function`].
    Function(Function),
}

impl Init {
    /// U(0, 1).
    pub const fn uniform() -> Self {
        Self::Uniform {
            low: 0.0,
            high: 1.0,
        }
    }
    /// N(0, 1).
    pub const fn normal() -> Self {
        Self::Normal {
            mean: 0.0,
            std: 1.0,
        }
    }
    /// N(0, 1) conditioned on [−2, 2].
    pub const fn trunc_normal() -> Self {
        Self::TruncNormal {
            mean: 0.0,
            std: 1.0,
            a: -2.0,
            b: 2.0,
        }
    }
    /// Xavier uniform with gain 1.
    pub const fn xavier_uniform() -> Self {
        Self::XavierUniform { gain: 1.0 }
    }
    /// Xavier normal with gain 1.
    pub const fn xavier_normal() -> Self {
        Self::XavierNormal { gain: 1.0 }
    }
    /// Kaiming uniform over the fan-in, for leaky relu of slope 0 (which is relu).
    pub const fn kaiming_uniform() -> Self {
        Self::KaimingUniform {
            a: 0.0,
            mode: FanMode::FanIn,
            nonlinearity: Nonlinearity::LeakyRelu,
        }
    }
    /// Kaiming normal over the fan-in, for leaky relu of slope 0 (which is relu).
    pub const fn kaiming_normal() -> Self {
        Self::KaimingNormal {
            a: 0.0,
            mode: FanMode::FanIn,
            nonlinearity: Nonlinearity::LeakyRelu,
        }
    }
    /// Orthogonal with gain 1.
    pub const fn orthogonal() -> Self {
        Self::Orthogonal { gain: 1.0 }
    }
    /// Dirac with one group.
    pub const fn dirac() -> Self {
        Self::Dirac { groups: 1 }
    }
    /// Sparse with standard deviation 0.01.
    pub const fn sparse(sparsity: f64) -> Self {
        Self::Sparse {
            sparsity,
            std: 0.01,
        }
    }

    /// A function of one's own, from a parameter's shape and its random stream to its elements in order. The stream
    /// follows from the seed and the parameter's path, so that the values are the same each time.
    ///
    /// ```
    /// use netdsl::init::Draws;
    /// use netdsl::prelude::*;
    ///
    /// /// One of three values.
    /// fn ternary(shape: &[usize], draws: &mut Draws) -> Vec<f64> {
    ///     let count = shape.iter().product();
    ///     (0..count).map(|_| draws.uniform(-1.5, 1.5).round()).collect()
    /// }
    ///
    /// network! {
    ///     struct Net { fc: Linear<_, 4> }
    /// }
    ///
    /// let mut net = network!(Net, seed = 3)?;
    /// net.initialize("fc.weight", Init::function(ternary))?;
    /// net.bind([5])?;
    /// assert!(net.parameter("fc.weight")?.iter().all(|w| [-1.0, 0.0, 1.0].contains(w)));
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    pub const fn function(function: fn(&[usize], &mut Draws) -> Vec<f64>) -> Self {
        Self::Function(Function(function))
    }

    /// Whether this can fill an array of `shape`; `fan` as in [`fill`].
    pub fn check(&self, shape: &[usize], fan: Option<usize>) -> Result<(), InitError> {
        law::resolve(self, shape, fan).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_options_and_shapes_are_errors() {
        let error = |init: Init, shape: &[usize]| init.check(shape, None).unwrap_err().to_string();
        assert_eq!(
            error(Init::FanInUniform, &[3]),
            "fan-in and fan-out need at least 2 axes, but the shape is [3]"
        );
        assert_eq!(Init::FanInUniform.check(&[3], Some(9)), Ok(()));
        assert_eq!(
            error(Init::Eye, &[3]),
            "Eye initialises arrays of 2 axes, but the shape is [3]"
        );
        assert_eq!(
            error(Init::Dirac { groups: 3 }, &[4, 1, 3]),
            "4 output channels do not split into 3 groups"
        );
        assert_eq!(
            error(Init::Dirac { groups: 0 }, &[4, 1, 3]),
            "4 output channels do not split into 0 groups"
        );
        assert_eq!(
            error(
                Init::Normal {
                    mean: 0.0,
                    std: -1.0
                },
                &[3]
            ),
            "std must be finite and not negative, but it is -1"
        );
        assert_eq!(
            error(
                Init::Normal {
                    mean: 0.0,
                    std: f64::NAN
                },
                &[3]
            ),
            "std must be finite and not negative, but it is NaN"
        );
        for init in [
            Init::Uniform {
                low: 1.0,
                high: 0.0,
            },
            Init::Uniform {
                low: f64::NAN,
                high: 0.0,
            },
            Init::TruncNormal {
                mean: 0.0,
                std: 0.0,
                a: -1.0,
                b: 1.0,
            },
            Init::TruncNormal {
                mean: 0.0,
                std: 1.0,
                a: 1.0,
                b: -1.0,
            },
            Init::TruncNormal {
                mean: 0.0,
                std: 1e-300,
                a: 1.0,
                b: 2.0,
            },
            Init::TruncNormal {
                mean: f64::NAN,
                std: 1.0,
                a: 1.0,
                b: 2.0,
            },
            Init::XavierUniform { gain: -1.0 },
            Init::Sparse {
                sparsity: 1.5,
                std: 1.0,
            },
        ] {
            assert!(
                matches!(init.check(&[2, 3], None), Err(InitError::Option { .. })),
                "{init:?}"
            );
        }
    }
}
