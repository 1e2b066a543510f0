//! Operations of the user's own.
//!
//! An operation is two kernels on slices, forward and backward ([`Operation`]), and a shape rule: the
//! `const fn` that applies it with `Tensor::custom`. It takes part in everything from then on.

use std::any::{Any, type_name};
use std::fmt;

/// The most operands an operation of the user's may have.
pub const MAX_OPERANDS: usize = 8;

/// An operation of the user's own: its kernel and its gradient.
///
/// Implement it for every `E: Element`. Kernels run on the thread that runs the network;
/// [`parallel_chunks`](crate::pool::parallel_chunks) puts the engine's threads to work on the
/// result. Results should depend on the operands only.
pub trait Operation<E>: Send + Sync {
    /// Writes all elements of the result, which hold anything before.
    fn forward(&self, inputs: &[Operand<'_, E>], output: Output<'_, E>);

    /// Writes the gradient by the operand of a number, from the result and the gradient by that. It
    /// has the shape of the operand.
    fn backward(
        &self,
        operand: usize,
        inputs: &[Operand<'_, E>],
        output: Operand<'_, E>,
        gradient: Operand<'_, E>,
        result: Output<'_, E>,
    );

    /// Whether there is a gradient by the operand of a number; indices, say, have none.
    fn is_differentiable(&self, operand: usize) -> bool {
        let _ = operand;
        true
    }
}

/// An array that an [`Operation`] reads, in standard layout.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a, E> {
    /// Its sizes, the batch first.
    pub shape: &'a [usize],
    /// Its elements, the last axis running fastest.
    pub values: &'a [E],
}

/// An array that an [`Operation`] writes, in standard layout.
#[derive(Debug)]
pub struct Output<'a, E> {
    /// Its sizes, the batch first.
    pub shape: &'a [usize],
    /// Its elements, the last axis running fastest.
    pub values: &'a mut [E],
}

/// An operation for both types of elements.
pub trait AnyOperation: Operation<f32> + Operation<f64> + Any {
    /// The name of its type.
    fn name(&self) -> &'static str;
}

impl<O: Operation<f32> + Operation<f64> + Any> AnyOperation for O {
    fn name(&self) -> &'static str {
        type_name::<O>()
    }
}

/// An [`Operation`] as a graph holds it.
#[derive(Clone, Copy)]
pub struct Custom(pub &'static dyn AnyOperation);

impl Custom {
    /// Whether there is a gradient by the operand of a number.
    pub fn is_differentiable(self, operand: usize) -> bool {
        Operation::<f32>::is_differentiable(self.0, operand)
    }
}

/// The same value of the same type. Values without content are all the same, wherever they are.
impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        let same_value = size_of_val(self.0) == 0 || std::ptr::addr_eq(self.0, other.0);
        self.0.type_id() == other.0.type_id() && same_value
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Element;

    /// A power, by its exponent; and the same without one.
    struct Power(u8);
    struct First;
    struct Second;

    macro_rules! nothing {
        ($($kind:ident)*) => {$(
            impl<E: Element> Operation<E> for $kind {
                fn forward(&self, _: &[Operand<'_, E>], _: Output<'_, E>) {}
                fn backward(
                    &self,
                    _: usize,
                    _: &[Operand<'_, E>],
                    _: Operand<'_, E>,
                    _: Operand<'_, E>,
                    _: Output<'_, E>,
                ) {
                }
            }
        )*};
    }
    nothing!(Power First Second);

    #[test]
    fn operations_are_told_apart_by_type_and_value() {
        static SQUARE: Power = Power(2);
        static CUBE: Power = Power(3);
        assert_eq!(Custom(&SQUARE), Custom(&SQUARE));
        assert_ne!(Custom(&SQUARE), Custom(&CUBE));
        assert!(SQUARE.0 < CUBE.0);
        // Without a size, both may stand at one address.
        assert_eq!(Custom(&First), Custom(&First));
        assert_ne!(Custom(&First), Custom(&Second));
    }

    #[test]
    fn operations_are_named_by_their_type() {
        assert!(format!("{:?}", Custom(&First)).ends_with("First"));
    }
}
