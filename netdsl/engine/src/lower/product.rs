//! Sizes and strides of matrix products.

use super::strided::{Strided, dense, joined};
use crate::graph::{Graph, NodeId, Op};
use crate::kernel::MAX_RANK;
use crate::kernel::gemm::Batch;

/// Products of matrices: sizes, and the strides of the operands and the result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub(crate) batch: Batch,
    pub(crate) m: usize,
    pub(crate) n: usize,
    pub(crate) k: usize,
    /// From row to row and from column to column.
    pub(crate) a: [usize; 2],
    pub(crate) b: [usize; 2],
    /// From row to row.
    pub(crate) c: usize,
    /// Negative results become 0.
    pub(crate) relu: bool,
}

/// The axes of an operand: leading ones, rows (one, where there is no such axis), columns.
struct Matrices<'a> {
    leading: &'a [usize],
    strides: &'a [usize],
    rows: (usize, usize),
    cols: (usize, usize),
}

impl<'a> Matrices<'a> {
    fn new(sizes: &'a [usize], strides: &'a [usize], transposed: bool) -> Self {
        let leading = sizes.len().saturating_sub(2);
        let mut sides = sizes[leading..]
            .iter()
            .copied()
            .zip(strides[leading..].iter().copied());
        let (cols, rows) = (sides.next_back(), sides.next_back());
        let (mut rows, mut cols) = (rows.unwrap_or((1, 1)), cols.unwrap_or((1, 1)));
        if transposed {
            (rows, cols) = (cols, rows);
        }
        Self {
            leading: &sizes[..leading],
            strides: &strides[..leading],
            rows,
            cols,
        }
    }

    /// Whether neighbours along one side are neighbours in memory.
    fn is_close(&self) -> bool {
        let close = |(size, stride): (usize, usize)| size <= 1 || stride == 1;
        close(self.rows) || close(self.cols)
    }

    /// Strides along the leading axes of the product; 0 where there are none.
    fn along(&self, leading: usize) -> [usize; MAX_RANK] {
        let mut strides = [0; MAX_RANK];
        if self.leading.len() == leading {
            strides[..leading].copy_from_slice(self.strides);
        }
        strides
    }
}

/// The product of [`Op::MatMul`] or [`Op::Linear`] and where it finds its operands: through operations
/// that only give elements another order, where it can read them so.
pub(crate) fn lower(graph: &Graph, node: NodeId) -> (Product, [Strided; 2]) {
    let shape = graph.extent(node);
    let inputs = [0, 1].map(|index| graph.inputs(node)[index] as usize);
    let strides = dense(&shape);
    let [a, b] = inputs.map(|input| Strided::through(graph, input));
    if let Some(product) = fit(graph, node, [a, b], &strides) {
        return (product, [a, b]);
    }
    let [plain_a, plain_b] = inputs.map(|input| Strided::plain(graph, input));
    for operands in [[a, plain_b], [plain_a, b]] {
        if let Some(product) = fit(graph, node, operands, &strides) {
            return (product, operands);
        }
    }
    let plain = [plain_a, plain_b];
    let product = fit(graph, node, plain, &strides).expect("dense arrays fit");
    (product, plain)
}

/// The product whose result is stored with its axes in another order, if it can be.
pub(crate) fn permuted(graph: &Graph, node: NodeId, permutation: NodeId) -> Option<Product> {
    let Op::Permute(order) = graph.nodes[permutation].op else {
        return None;
    };
    // Its axes are the product's only where no reshape lies between the two.
    if graph.inputs(permutation)[0] as usize != node {
        return None;
    }
    let (shape, (_, operands)) = (graph.extent(permutation), lower(graph, node));
    let (stored, mut strides) = (dense(&shape), [1; MAX_RANK]);
    for (&axis, stride) in order[..shape.len()].iter().zip(stored) {
        strides[axis as usize] = stride;
    }
    fit(graph, node, operands, &strides)
}

/// The product of operands where they are, with strides of the result; `None` where kernels cannot
/// compute it so.
fn fit(
    graph: &Graph,
    node: NodeId,
    operands: [Strided; 2],
    strides: &[usize; MAX_RANK],
) -> Option<Product> {
    let shape = graph.extent(node);
    let [x, w] = [0, 1].map(|index| graph.extent(graph.inputs(node)[index] as usize));
    let (transpose_a, transpose_b) = match graph.nodes[node].op {
        Op::MatMul {
            transpose_a,
            transpose_b,
        } => (transpose_a, transpose_b),
        _ => (false, true),
    };
    let a = Matrices::new(&x, &operands[0].strides, transpose_a);
    let b = Matrices::new(&w, &operands[1].strides, transpose_b);
    let c = Matrices::new(&shape, strides, false);
    if !a.is_close() || !b.is_close() || c.cols.0 > 1 && c.cols.1 != 1 {
        return None;
    }
    let product = Product {
        batch: Batch::ONE,
        m: a.rows.0,
        n: b.cols.0,
        k: a.cols.0,
        a: [a.rows.1, a.cols.1],
        b: [b.rows.1, b.cols.1],
        c: c.rows.1,
        relu: false,
    };
    if b.leading.is_empty() && !transpose_a {
        // The right matrix serves all: the left ones are one with more rows.
        let rank = shape.len() - 1;
        let (count, [a, c]) = joined(
            &shape[..rank],
            [&operands[0].strides[..rank], &strides[..rank]],
        )?;
        return (count[0] == 1).then_some(Product {
            m: count[1],
            a: [a[1], product.a[1]],
            c: c[1],
            ..product
        });
    }
    let leading = c.leading.len();
    let (of_a, of_b) = (a.along(leading), b.along(leading));
    let along = [&of_a[..leading], &of_b[..leading], c.strides];
    let (count, [a, b, c]) = joined(c.leading, along)?;
    Some(Product {
        batch: Batch { count, a, b, c },
        ..product
    })
}
