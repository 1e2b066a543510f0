//! Sizes and strides of matrix products.

use crate::graph::{Graph, NodeId, Op};

/// A batch of products: sizes, and the strides of either operand from row to row, column to
/// column and matrix to matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub(crate) batch: usize,
    pub(crate) m: usize,
    pub(crate) n: usize,
    pub(crate) k: usize,
    pub(crate) a: [usize; 3],
    pub(crate) b: [usize; 3],
    /// Negative results become 0.
    pub(crate) relu: bool,
}

/// The product of [`Op::MatMul`] or [`Op::Linear`].
pub(super) fn lower(graph: &Graph, node: NodeId) -> Product {
    let inputs = graph.inputs(node);
    let [x, w] = [0, 1].map(|index| graph.extent(inputs[index] as usize));
    let Op::MatMul {
        transpose_a,
        transpose_b,
    } = graph.nodes[node].op
    else {
        let (n, k) = (w[0], w[1]);
        return Product {
            batch: 1,
            m: super::product(&x[..x.len() - 1]),
            n,
            k,
            a: [k, 1, 0],
            b: [1, k, 0],
            relu: false,
        };
    };
    let split = |sizes: &[usize]| {
        let (leading, last) = sizes.split_at(sizes.len() - 2);
        (super::product(leading), last[0], last[1])
    };
    let ((a_batch, a_rows, a_cols), (b_batch, b_rows, b_cols)) = (split(&x), split(&w));
    let strides = |transposed: bool, cols: usize, batch: usize| {
        if transposed {
            [1, cols, batch]
        } else {
            [cols, 1, batch]
        }
    };
    let (m, k) = if transpose_a {
        (a_cols, a_rows)
    } else {
        (a_rows, a_cols)
    };
    let n = if transpose_b { b_rows } else { b_cols };
    if w.len() == 2 && !transpose_a {
        // The right matrix serves all: the left ones are one with more rows.
        return Product {
            batch: 1,
            m: a_batch * m,
            n,
            k,
            a: [a_cols, 1, 0],
            b: strides(transpose_b, b_cols, 0),
            relu: false,
        };
    }
    let step = |rank: usize, size: usize| if rank == 2 { 0 } else { size };
    Product {
        batch: if x.len() == 2 { b_batch } else { a_batch },
        m,
        n,
        k,
        a: strides(transpose_a, a_cols, step(x.len(), a_rows * a_cols)),
        b: strides(transpose_b, b_cols, step(w.len(), b_rows * b_cols)),
        relu: false,
    }
}
