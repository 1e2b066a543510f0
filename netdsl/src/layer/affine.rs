//! What normalisations multiply by and add: y = x̂ · weight + bias.

use crate::graph::op::{Op, Statistics};
use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::{Dim, Shape};

/// The `weight` (ones) and `bias` (zeros) that a normalisation has; no bias without a weight.
#[derive(Clone, Copy)]
pub(super) struct Affine<'t> {
    weight: Option<Tensor<'t>>,
    bias: Option<Tensor<'t>>,
}

impl<'t> Affine<'t> {
    /// Those of a layer, each of these sizes.
    pub(super) const fn new(at: Scope<'t>, dims: &[Dim], weight: bool, bias: bool) -> Self {
        if !weight {
            let (weight, bias) = (None, None);
            return Self { weight, bias };
        }
        let weight = Some(at.parameter("weight", dims, Init::Ones));
        let bias = if bias {
            Some(at.parameter("bias", dims, Init::Zeros))
        } else {
            None
        };
        Self { weight, bias }
    }

    /// Both in another shape.
    pub(super) const fn reshaped(self, shape: Shape) -> Self {
        Self {
            weight: match self.weight {
                Some(weight) => Some(weight.record(Op::Reshape, shape)),
                None => None,
            },
            bias: match self.bias {
                Some(bias) => Some(bias.record(Op::Reshape, shape)),
                None => None,
            },
        }
    }

    /// Both, one number for each channel (axis 1) of x.
    pub(super) const fn along_channels(self, x: Tensor<'t>) -> Self {
        Self {
            weight: match self.weight {
                Some(weight) => Some(weight.along_channels(&x)),
                None => None,
            },
            bias: match self.bias {
                Some(bias) => Some(bias.along_channels(&x)),
                None => None,
            },
        }
    }

    /// x normalised by moments, then scaled and shifted.
    pub(super) const fn normalize(
        self,
        x: Tensor<'t>,
        moments: Tensor<'t>,
        how: Statistics,
    ) -> Tensor<'t> {
        let (op, shape) = (Op::Normalize(how), *x.shape());
        let (trace, x, moments) = (x.trace(), x.node(), moments.node());
        match (self.weight, self.bias) {
            (Some(weight), Some(bias)) => {
                trace.push(op, &[x, moments, weight.node(), bias.node()], shape)
            }
            (Some(weight), None) => trace.push(op, &[x, moments, weight.node()], shape),
            (None, _) => trace.push(op, &[x, moments], shape),
        }
    }
}
