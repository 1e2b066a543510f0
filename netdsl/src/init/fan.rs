//! Fan-in, fan-out and the gain of a nonlinearity: what Xavier and Kaiming scale by.

use super::InitError;

/// The inputs and outputs of one unit of a weight `[out, in, *kernel]`:
/// fan_in = in · ∏ kernel and fan_out = out · ∏ kernel, as PyTorch's `_calculate_fan_in_and_fan_out` has it.
///
/// ```
/// use netdsl::init::fan_in_and_out;
/// assert_eq!(fan_in_and_out(&[6, 1, 5, 5]), Ok((25, 150)));
/// assert!(fan_in_and_out(&[10]).is_err());
/// ```
pub fn fan_in_and_out(shape: &[usize]) -> Result<(usize, usize), InitError> {
    let [outputs, inputs, kernel @ ..] = shape else {
        return Err(InitError::TooFewAxes {
            needed: 2,
            shape: shape.to_vec(),
        });
    };
    let field = kernel
        .iter()
        .fold(1, |product: usize, &axis| product.saturating_mul(axis));
    Ok((inputs.saturating_mul(field), outputs.saturating_mul(field)))
}

/// Which fan Kaiming initialisation keeps the variance for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FanMode {
    /// The inputs of a unit: keeps the variance of activations in the forward pass.
    #[default]
    FanIn,
    /// The outputs of a unit: keeps the variance of gradients in the backward pass.
    FanOut,
}

/// What follows a weight, by the factor it needs: [`Nonlinearity::gain`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nonlinearity {
    /// None. PyTorch's `conv1d` to `conv_transpose3d` mean the same.
    Linear,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// tanh x.
    Tanh,
    /// max(x, 0).
    Relu,
    /// x or, below 0, slope · x.
    #[default]
    LeakyRelu,
    /// Scaled exponential linear unit.
    Selu,
}

impl Nonlinearity {
    /// `torch.nn.init.calculate_gain(nonlinearity, param)`:
    ///
    /// | nonlinearity | gain |
    /// | --- | --- |
    /// | linear, sigmoid | 1 |
    /// | tanh | 5/3 |
    /// | relu | √2 |
    /// | leaky relu | √(2 / (1 + slope²)), slope = `param` or 0.01 |
    /// | selu | 3/4 |
    ///
    /// ```
    /// use netdsl::init::Nonlinearity;
    /// assert_eq!(Nonlinearity::Tanh.gain(None), 5.0 / 3.0);
    /// assert_eq!(Nonlinearity::LeakyRelu.gain(Some(1.0)), 1.0);
    /// ```
    pub fn gain(self, param: Option<f64>) -> f64 {
        match self {
            Self::Linear | Self::Sigmoid => 1.0,
            Self::Tanh => 5.0 / 3.0,
            Self::Relu => 2f64.sqrt(),
            Self::LeakyRelu => {
                let slope = param.unwrap_or(0.01);
                (2.0 / (1.0 + slope * slope)).sqrt()
            }
            Self::Selu => 3.0 / 4.0,
        }
    }
}
