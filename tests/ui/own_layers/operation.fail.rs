//! Sizes pass through an operation of the user's by its rule.
use netdsl::prelude::*;
use netdsl::shape::Axis;
use netdsl::{Operand, Operation, Output};

/// The sums of the elements along the last axis.
struct RowSums;

impl<E: Element> Operation<E> for RowSums {
    fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        let rows = inputs[0].values.chunks(inputs[0].shape[inputs[0].shape.len() - 1]);
        for (y, row) in y.values.iter_mut().zip(rows) {
            *y = row.iter().copied().sum();
        }
    }

    fn backward(
        &self,
        _operand: usize,
        inputs: &[Operand<'_, E>],
        _y: Operand<'_, E>,
        dy: Operand<'_, E>,
        dx: Output<'_, E>,
    ) {
        let width = inputs[0].shape[inputs[0].shape.len() - 1];
        for (dx, &dy) in dx.values.chunks_mut(width).zip(dy.values) {
            dx.fill(dy);
        }
    }
}

/// `[…, n]` → `[…, 1]`
const fn row_sums(x: Tensor<'_>) -> Tensor<'_> {
    let shape = *x.shape();
    let last = shape.rank() - 1;
    let axis = Axis {
        dim: netdsl::shape::Dim::Known(1),
        ..shape.axis(last)
    };
    x.custom(&RowSums, &[], shape.with_axis(last, axis))
}

network! {
    struct Net {
        fc: Linear<_, 8>,
        head: Linear<8, 2>,
    }

    fn forward(x: [_]) -> [2] {
        head(row_sums(fc(x)))
    }
}

fn main() {}
