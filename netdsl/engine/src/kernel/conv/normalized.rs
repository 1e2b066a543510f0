//! A convolution whose result is normalised by moments that are known beforehand, as batch
//! normalisation does in evaluation: the scale goes into the weights, the rest into the bias.

use super::{ConvSizes, conv_forward};
use crate::Element;
use crate::kernel::normalize::Statistics;

impl ConvSizes {
    /// Elements of room that [`conv_normalized`] needs.
    pub fn normalized_room(&self) -> usize {
        self.weight_len() + self.out_channels
    }
}

/// [`conv_forward`], then `(y − mean) / √(variance + eps) · weight + bias` for each output channel, then
/// the rectifier. `room` holds weights and biases in the meantime.
///
/// # Panics
///
/// As [`conv_forward`], and if there is not a variance for each output channel.
#[allow(clippy::too_many_arguments, reason = "the operands of two operations")]
pub fn conv_normalized<E: Element>(
    s: &ConvSizes,
    x: &[E],
    w: &[E],
    bias: Option<&[E]>,
    by: &Statistics<'_, E>,
    relu: bool,
    room: &mut [E],
    y: &mut [E],
) {
    assert_eq!(by.variances.len(), s.out_channels, "variances");
    let (weights, shifts) = room.split_at_mut(s.weight_len());
    let of = |values: &[E], channel: usize, none: E| values.get(channel).copied().unwrap_or(none);
    let rows = (s.weight_len() / s.out_channels.max(1)).max(1);
    let from_to = w.chunks_exact(rows).zip(weights.chunks_exact_mut(rows));
    for (channel, ((from, to), shift)) in from_to.zip(&mut *shifts).enumerate() {
        let deviation = (by.variances[channel] + by.eps).sqrt();
        let scale = of(by.weight, channel, E::ONE) / deviation;
        for (to, &from) in to.iter_mut().zip(from) {
            *to = from * scale;
        }
        let mean = of(by.means, channel, E::ZERO);
        let before = bias.map_or(E::ZERO, |bias| bias[channel]);
        *shift = (before - mean) * scale + of(by.bias, channel, E::ZERO);
    }
    conv_forward(s, x, weights, Some(shifts), relu, y);
}
