//! Positions as waves, which are in no state dict.

use netdsl::{Element, Operand, Operation, Output};

/// x `[…, steps, features]` plus sin(step / 10000^(i / features)) at even features i, and the cosine of the same at
/// i + 1 (Vaswani and others, "Attention is all you need", 2017). Models differ in how exactly they compute it.
pub enum Sinusoid {
    /// In double precision.
    Exact,
    /// So, and rounded to single precision.
    Rounded,
    /// In single precision throughout.
    Single,
}

impl Sinusoid {
    fn at(&self, step: usize, feature: usize, features: usize) -> f64 {
        let even = (feature - feature % 2) as f64;
        let wave = |angle: f64| {
            if feature.is_multiple_of(2) {
                angle.sin()
            } else {
                angle.cos()
            }
        };
        let rate = -(10000f64.ln()) / features as f64;
        let exact = wave(step as f64 * (even * rate).exp());
        match self {
            Self::Exact => exact,
            Self::Rounded => f64::from(exact as f32),
            Self::Single => {
                let frequency = (even as f32 * rate as f32).exp();
                let angle = step as f32 * frequency;
                let wave = if feature.is_multiple_of(2) {
                    angle.sin()
                } else {
                    angle.cos()
                };
                f64::from(wave)
            }
        }
    }
}

impl<E: Element> Operation<E> for Sinusoid {
    fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        let [.., steps, features] = inputs[0].shape[..] else {
            return;
        };
        for (index, (y, &x)) in y.values.iter_mut().zip(inputs[0].values).enumerate() {
            let (step, feature) = (index / features % steps, index % features);
            *y = x + E::from_f64(self.at(step, feature, features));
        }
    }

    fn backward(
        &self,
        _operand: usize,
        _inputs: &[Operand<'_, E>],
        _y: Operand<'_, E>,
        dy: Operand<'_, E>,
        dx: Output<'_, E>,
    ) {
        dx.values.copy_from_slice(dy.values);
    }
}
