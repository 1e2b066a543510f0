//! Gradient clipping, as `torch.nn.utils.clip_grad_norm_` and `clip_grad_value_` do it.
//!
//! To clip without a pass of its own, take [`grad_norm`] and [`coefficient`] and give the latter to
//! [`Optimizer::step_scaled`](super::Optimizer::step_scaled).

use crate::Element;

/// The norm of all gradients as one vector: (∑ |g|ᵖ)^(1/p), p = `norm_type`; max |g| for p = ∞. Summed in `f64`.
pub fn grad_norm<'a, E: Element>(grads: impl IntoIterator<Item = &'a [E]>, norm_type: f64) -> f64 {
    let grads = grads.into_iter();
    if norm_type == f64::INFINITY {
        // NaN must survive, which f64::max would drop.
        return grads
            .flatten()
            .fold(E::ZERO, |norm, g| norm.maximum(g.abs()))
            .to_f64();
    }
    if norm_type == 2.0 {
        return grads.map(|grad| sum(grad, |g| g * g)).sum::<f64>().sqrt();
    }
    if norm_type == 1.0 {
        return grads.map(|grad| sum(grad, f64::abs)).sum();
    }
    grads
        .map(|grad| sum(grad, |g| g.abs().powf(norm_type)))
        .sum::<f64>()
        .powf(1.0 / norm_type)
}

/// What gradients of norm `norm` are multiplied by to have at most norm `max_norm`: min(1, max_norm / (norm + 1e-6)), NaN
/// for NaN. The 1e-6 is PyTorch's.
pub fn coefficient(norm: f64, max_norm: f64) -> f64 {
    let coefficient = max_norm / (norm + 1e-6);
    if coefficient > 1.0 { 1.0 } else { coefficient }
}

/// Scales all gradients so that their norm together is at most `max_norm`, and returns the norm before. `norm_type` as in
/// [`grad_norm`]. A norm that is not finite makes gradients NaN or 0, as in PyTorch: look at what is returned.
///
/// ```
/// use netdsl::train::optimizer::clip::clip_grad_norm;
/// let (mut weight, mut bias) = ([3.0f64, 0.0], [4.0]);
/// assert_eq!(clip_grad_norm(&mut [&mut weight, &mut bias], 1.0, 2.0), 5.0);
/// assert!((weight[0] - 0.6).abs() < 1e-6 && (bias[0] - 0.8).abs() < 1e-6);
/// ```
pub fn clip_grad_norm<E: Element>(grads: &mut [&mut [E]], max_norm: f64, norm_type: f64) -> f64 {
    let norm = grad_norm(grads.iter().map(|grad| &**grad), norm_type);
    let coefficient = coefficient(norm, max_norm);
    if coefficient != 1.0 {
        let coefficient = E::from_f64(coefficient);
        grads
            .iter_mut()
            .flat_map(|grad| grad.iter_mut())
            .for_each(|g| *g *= coefficient);
    }
    norm
}

/// Cuts every gradient entry to [−clip_value, clip_value]; NaN stays.
///
/// ```
/// use netdsl::train::optimizer::clip::clip_grad_value;
/// let mut grad = [0.5f32, -3.0, 2.0];
/// clip_grad_value(&mut [&mut grad], 1.0);
/// assert_eq!(grad, [0.5, -1.0, 1.0]);
/// ```
pub fn clip_grad_value<E: Element>(grads: &mut [&mut [E]], clip_value: f64) {
    let limit = E::from_f64(clip_value);
    for g in grads.iter_mut().flat_map(|grad| grad.iter_mut()) {
        *g = g.maximum(-limit).minimum(limit);
    }
}

/// ∑ term(g) in eight partial sums, which vectorise.
fn sum<E: Element>(grad: &[E], term: impl Fn(f64) -> f64) -> f64 {
    let (blocks, rest) = grad.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for block in blocks {
        for (sum, g) in sums.iter_mut().zip(block) {
            *sum += term(g.to_f64());
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|g| term(g.to_f64())).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_by_hand() {
        let grads: [&[f32]; 3] = [&[1.0, -2.0], &[], &[2.0; 10]];
        for (norm_type, expected) in [
            (1.0, 23.0),
            (2.0, 45f64.sqrt()),
            (3.0, 89f64.cbrt()),
            (0.5, (1.0 + 11.0 * 2f64.sqrt()).powi(2)),
            (f64::INFINITY, 2.0),
        ] {
            let norm = grad_norm(grads, norm_type);
            assert!(
                (norm - expected).abs() < 1e-12 * expected,
                "{norm_type}: {norm}, not {expected}"
            );
        }
        let nothing: [&[f32]; 0] = [];
        assert_eq!(grad_norm(nothing, 2.0), 0.0);
        assert!(grad_norm([&[1.0, f32::NAN][..], &[2.0]], f64::INFINITY).is_nan());
    }

    #[test]
    fn small_gradients_stay() {
        let mut grad = [0.3f32, 0.4];
        assert!((clip_grad_norm(&mut [&mut grad], 1.0, 2.0) - 0.5).abs() < 1e-7);
        assert_eq!(grad, [0.3, 0.4]);
        // Just below the limit, the 1e-6 already counts.
        let mut grad = [1.0f64];
        clip_grad_norm(&mut [&mut grad], 1.0, f64::INFINITY);
        assert_eq!(grad, [1.0 / (1.0 + 1e-6)]);
    }

    #[test]
    fn not_a_number_spreads() {
        assert!(coefficient(f64::NAN, 1.0).is_nan());
        assert_eq!(coefficient(f64::INFINITY, 1.0), 0.0);
        let mut grad = [f64::NAN, 5.0];
        clip_grad_value(&mut [&mut grad], 1.0);
        assert!(grad[0].is_nan() && grad[1] == 1.0);
        clip_grad_norm(&mut [&mut grad], 1.0, 2.0);
        assert!(grad[1].is_nan());
    }
}
