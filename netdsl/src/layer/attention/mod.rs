//! Attention and what is built of it: `torch.nn.MultiheadAttention`,
//! `torch.nn.TransformerEncoderLayer`.
//!
//! Sequences are `[batch, steps, features]` within a network. PyTorch's tensors, without a known
//! batch axis, are `[steps, batch, features]`, the first two exchanged with `batch_first`, or one
//! sequence `[steps, features]`.

mod decoder;
mod encoder;
mod mask;
mod multihead;
mod projection;
mod transformer;

pub use decoder::TransformerDecoderLayer;
pub use encoder::TransformerEncoderLayer;
pub use mask::Mask;
pub use multihead::MultiheadAttention;

use crate::graph::{Op, Tensor};
use crate::shape::{Axis, Dim, MAX_RANK, Shape};

/// Which axes of a sequence are what.
#[derive(Clone, Copy)]
enum Arrangement {
    /// `[batch, steps, features]`
    BatchFirst,
    /// `[steps, batch, features]`
    StepsFirst,
    /// `[steps, features]`
    Single,
}

/// Axes 0 and 1 exchanged.
const SWAP: [u8; MAX_RANK] = [1, 0, 2, 3, 4, 5, 6, 7];

impl Arrangement {
    /// That of a layer's argument; none where its axes are not known or wrong.
    const fn of(x: Tensor<'_>, batch_first: bool) -> Option<Self> {
        let wanted = "sequences [steps, features]";
        if x.batched() {
            return if x.expect_rank(&[3], wanted, x.help_over(3, "")) {
                Some(Self::BatchFirst)
            } else {
                None
            };
        }
        if !x.expect_rank(&[2, 3], wanted, "") {
            return None;
        }
        Some(match (x.shape().rank(), batch_first) {
            (2, _) => Self::Single,
            (_, true) => Self::BatchFirst,
            (_, false) => Self::StepsFirst,
        })
    }

    /// x as `[batch, steps, features]`, the batch an axis as any other.
    const fn batch_first<'t>(self, x: Tensor<'t>) -> Tensor<'t> {
        let axes = x.shape();
        match self {
            Self::BatchFirst => x.as_raw(),
            Self::StepsFirst => {
                let shape = Shape::new(&[axes.axis(1), axes.axis(0), axes.axis(2)], false);
                x.record(Op::Permute(SWAP), shape)
            }
            Self::Single => x.view_as(
                &[Axis::new(Dim::Known(1)), axes.axis(0), axes.axis(1)],
                false,
            ),
        }
    }

    /// Back from `[batch, steps, features]` to this arrangement, of the argument x.
    const fn restored<'t>(self, y: Tensor<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let shape = x.shape().with_axis(x.shape().rank() - 1, y.shape().axis(2));
        match self {
            Self::BatchFirst => y.reshaped_as(shape),
            Self::StepsFirst => y.record(Op::Permute(SWAP), shape),
            Self::Single => y.record(Op::Reshape, shape),
        }
    }
}
