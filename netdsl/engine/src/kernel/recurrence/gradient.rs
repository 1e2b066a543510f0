//! Back through all steps.

use super::{Cell, Sizes, cell, cut, cut_mut, product, row};
use crate::Element;
use crate::kernel::gemm::MatRef;
use crate::kernel::share_rows_3;

/// What the gradient reads.
#[derive(Clone, Copy)]
pub struct Seen<'a, E> {
    /// What the forward pass left.
    pub record: &'a [E],
    /// `[gates, state]`.
    pub weight: &'a [E],
    /// `[state, hidden]`, or nothing.
    pub projection: &'a [E],
    /// `[steps, batch, state]`: the gradient by the hidden states after the steps.
    pub dh: &'a [E],
    /// `[batch, hidden]`, or nothing: the gradient by the last cell states.
    pub dc: &'a [E],
}

/// Fills the parts of [`Sizes::gradient`]. `scratch` has `batch · hidden` elements if states are
/// projected.
///
/// # Panics
///
/// If an array does not have the size that `sizes` say.
pub fn gradient<E: Element>(
    sizes: &Sizes,
    seen: &Seen<'_, E>,
    scratch: &mut [E],
    gradient: &mut [E],
) {
    let Sizes {
        batch,
        hidden,
        state,
        ..
    } = *sizes;
    let gates = sizes.gates();
    let [states, cells, kept, made] = cut(seen.record, sizes.record());
    // The gradients by the states are carried backwards where those by the first ones belong.
    let [inputs, apart, dh, dc, projected] = cut_mut(gradient, sizes.gradient());
    dh.fill(E::ZERO);
    dc.copy_from_slice(seen.dc);
    let (state_row, cell_row) = (batch * state, dc.len());
    for step in (0..sizes.steps).rev() {
        cell::add(row(seen.dh, step, state_row), dh);
        let now = Step {
            kept: row(kept, step, batch * hidden * sizes.cell.kept()),
            before: row(states, step, state_row),
            made: if sizes.is_projected() {
                row(made, step, batch * hidden)
            } else {
                row(states, step + 1, state_row)
            },
            cell_before: row(cells, step, cell_row),
            cell_after: row(cells, step + 1, cell_row),
        };
        let dx = &mut inputs[step * batch * gates..][..batch * gates];
        let dy = match apart.len() {
            0 => &mut [],
            _ => &mut apart[step * batch * gates..][..batch * gates],
        };
        if sizes.is_projected() {
            projected[step * state_row..][..state_row].copy_from_slice(dh);
            let matrix = MatRef::new(seen.projection, hidden, 1);
            product(dh, (state, hidden), matrix, None, false, scratch);
            now.cells(sizes, dx, dy, dc, scratch);
        } else {
            now.cells(sizes, dx, dy, dc, dh);
        }
        // A GRU's state also goes on without a product.
        let by_product = if dy.is_empty() { dx } else { dy };
        let matrix = MatRef::new(seen.weight, state, 1);
        let more = sizes.cell == Cell::Gru;
        product(by_product, (gates, state), matrix, None, more, dh);
    }
}

/// What the record has about a step.
struct Step<'a, E> {
    kept: &'a [E],
    before: &'a [E],
    /// What the cells made: the states after, unless those are projected.
    made: &'a [E],
    cell_before: &'a [E],
    cell_after: &'a [E],
}

impl<E: Element> Step<'_, E> {
    /// All sequences: from `dh`, the gradient by what the cells made, and `dc` that by the inputs,
    /// `dx`, and by W·h + b, `dy`, where that is another. A GRU leaves in `dh` what goes straight to
    /// the state before.
    fn cells(&self, sizes: &Sizes, dx: &mut [E], dy: &mut [E], dc: &mut [E], dh: &mut [E]) {
        let (n, gates) = (sizes.hidden, sizes.gates());
        let kept = |i: usize| row(self.kept, i, n * sizes.cell.kept());
        match sizes.cell {
            Cell::Tanh | Cell::Relu => {
                let slope = match sizes.cell {
                    Cell::Tanh => cell::tanh_gradient,
                    _ => cell::relu_gradient,
                };
                slope(self.made, dh, dx);
            }
            Cell::Lstm => {
                let arrays = [(dx, gates), (dc, n), (&mut [][..], 0)];
                share_rows_3(
                    arrays,
                    sizes.batch,
                    1,
                    sizes.work(),
                    |first, [dx, dc, _]| {
                        for (i, dx) in dx.chunks_exact_mut(gates).enumerate() {
                            let at = first + i;
                            let [di, df, dg, d_o] = cut_mut(dx, [n; 4]);
                            let (before, after) =
                                (row(self.cell_before, at, n), row(self.cell_after, at, n));
                            let dc = &mut dc[i * n..][..n];
                            cell::lstm_gradient(
                                kept(at),
                                before,
                                after,
                                row(dh, at, n),
                                dc,
                                di,
                                df,
                                dg,
                                d_o,
                            );
                        }
                    },
                );
            }
            Cell::Gru => {
                let arrays = [(dx, gates), (dy, gates), (dh, n)];
                share_rows_3(
                    arrays,
                    sizes.batch,
                    1,
                    sizes.work(),
                    |first, [dx, dy, dh]| {
                        let rows = dx.chunks_exact_mut(gates).zip(dy.chunks_exact_mut(gates));
                        for (i, (dx, dy)) in rows.enumerate() {
                            let at = first + i;
                            let ([a, b, c], [d, e, f]) = (cut_mut(dx, [n; 3]), cut_mut(dy, [n; 3]));
                            let before = row(self.before, at, n);
                            let dh = &mut dh[i * n..][..n];
                            cell::gru_gradient(kept(at), before, dh, a, b, c, d, e, f);
                        }
                    },
                );
            }
        }
    }
}
