//! From inputs and first states to the record of all steps.

use super::{Cell, Sizes, cell, cut_mut, product, row};
use crate::Element;
use crate::kernel::gemm::MatRef;
use crate::kernel::{movement, share_rows_3};

/// What a recurrence reads.
#[derive(Clone, Copy)]
pub struct Operands<'a, E> {
    /// `[steps, batch, gates]`: what each step's gates get from outside.
    pub inputs: &'a [E],
    /// `[gates, state]`: W.
    pub weight: &'a [E],
    /// `[gates]`, or nothing: b.
    pub bias: Option<&'a [E]>,
    /// `[state, hidden]`, or nothing: what makes a state of what a cell made.
    pub projection: &'a [E],
    /// `[batch, state]`: the hidden states before the first step.
    pub hidden: &'a [E],
    /// `[batch, hidden]`, or nothing: the cell states before the first step.
    pub cell: &'a [E],
}

/// How many elements [`forward`] needs beside: W transposed, and the gates of one step.
pub fn scratch(sizes: &Sizes) -> usize {
    let rows = sizes.state.saturating_add(sizes.batch);
    sizes.gates().saturating_mul(rows)
}

/// Fills the record.
///
/// # Panics
///
/// If an array does not have the size that `sizes` say.
pub fn forward<E: Element>(
    sizes: &Sizes,
    operands: &Operands<'_, E>,
    scratch: &mut [E],
    record: &mut [E],
) {
    let Sizes {
        batch,
        hidden,
        state,
        ..
    } = *sizes;
    let gates = sizes.gates();
    let [states, cells, kept, made] = cut_mut(record, sizes.record());
    let (turned, recurrent) = scratch.split_at_mut(gates * state);
    // As the second factor of each step's product it is read along its rows.
    movement::permute(operands.weight, &[gates, state], &[1, 0], turned);
    states[..batch * state].copy_from_slice(operands.hidden);
    let width = operands.cell.len();
    cells[..width].copy_from_slice(operands.cell);
    let (state_row, hidden_row) = (batch * state, batch * hidden);
    let kept_row = hidden_row * sizes.cell.kept();
    for step in 0..sizes.steps {
        let (before, after) = neighbours(states, step, state_row);
        let (cell_before, cell_after) = neighbours(cells, step, width);
        let matrix = MatRef::new(turned, gates, 1);
        product(
            before,
            (state, gates),
            matrix,
            operands.bias,
            false,
            recurrent,
        );
        let now = Step {
            inputs: row(operands.inputs, step, batch * gates),
            recurrent,
            before: if width > 0 { cell_before } else { before },
        };
        let kept = &mut kept[step * kept_row..][..kept_row];
        if sizes.is_projected() {
            let made = &mut made[step * hidden_row..][..hidden_row];
            now.cells(sizes, kept, cell_after, made);
            let matrix = MatRef::new(operands.projection, 1, hidden);
            product(made, (hidden, state), matrix, None, false, after);
        } else {
            now.cells(sizes, kept, cell_after, after);
        }
    }
}

/// Row number `index`, and the next one to write.
fn neighbours<E>(rows: &mut [E], index: usize, width: usize) -> (&[E], &mut [E]) {
    let (before, after) = rows[index * width..].split_at_mut(width);
    (before, &mut after[..width])
}

/// What the cells of a step read.
struct Step<'a, E> {
    inputs: &'a [E],
    recurrent: &'a [E],
    /// The cell states before, or the hidden ones where there are no others.
    before: &'a [E],
}

impl<E: Element> Step<'_, E> {
    /// All sequences; `h` is what the cells make.
    fn cells(&self, sizes: &Sizes, kept: &mut [E], c: &mut [E], h: &mut [E]) {
        let (n, gates) = (sizes.hidden, sizes.gates());
        let kept_width = n * sizes.cell.kept();
        let c_width = if c.is_empty() { 0 } else { n };
        let arrays = [(kept, kept_width), (c, c_width), (h, n)];
        share_rows_3(
            arrays,
            sizes.batch,
            1,
            sizes.work(),
            |first, [kept, c, h]| {
                for (i, h) in h.chunks_exact_mut(n).enumerate() {
                    let x = row(self.inputs, first + i, gates);
                    let r = row(self.recurrent, first + i, gates);
                    match sizes.cell {
                        Cell::Tanh => cell::tanh(x, r, h),
                        Cell::Relu => cell::relu(x, r, h),
                        Cell::Lstm => {
                            let before = row(self.before, first + i, n);
                            let kept = &mut kept[i * kept_width..][..kept_width];
                            let [gi, gf, gg, go] = cut_mut(kept, [n; 4]);
                            cell::lstm(x, r, before, gi, gf, gg, go, &mut c[i * n..][..n], h);
                        }
                        Cell::Gru => {
                            let before = row(self.before, first + i, n);
                            let kept = &mut kept[i * kept_width..][..kept_width];
                            let [gr, gz, gn, q] = cut_mut(kept, [n; 4]);
                            cell::gru(x, r, before, gr, gz, gn, q, h);
                        }
                    }
                }
            },
        );
    }
}
