//! Rows of a table by index: `torch.nn.Embedding`.
//!
//! x: whole numbers from 0 to below `num_embeddings`, any shape `[…]` → `[…, embedding_dim]`
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         table: Embedding<2, 2>,
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! net.set_parameter("table.weight", array![[0.0, 1.0], [2.0, 3.0]].into_dyn())?;
//! assert_eq!(net.forward(array![[1.0, 0.0]])?, array![[[2.0, 3.0], [0.0, 1.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```
//!
//! A table of learned positions is one whose indices are those along an axis: `position(tokens.arange(1))`
//! ([`Tensor::arange`]).

use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::{Arg, Dim, FaultKind};

crate::layer! {
    /// A table whose rows are looked up by index: `torch.nn.Embedding`.
    ///
    /// Parameters: `weight [num_embeddings, embedding_dim]`, from N(0, 1) with zeros in the row
    /// `padding_idx`.
    pub struct Embedding<num_embeddings, embedding_dim> {
        /// A row that starts at 0 and gets no gradient; a negative one counts from the end.
        padding_idx = Arg::ABSENT,
        /// Divide the gradient of a row by how often it was looked up.
        scale_grad_by_freq = false,
    }
}

impl Embedding {
    /// x: `[…]` → `[…, embedding_dim]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let rows = at.size("num_embeddings", self.num_embeddings).dim;
        let width = at.size("embedding_dim", self.embedding_dim).dim;
        let padding = self.padding(at, rows);
        let init = match padding {
            Some(row) => Init::NormalButRow(row),
            None => Init::normal(),
        };
        let weight = at.parameter("weight", &[rows, width], init);
        let by_frequency = at.flag("scale_grad_by_freq", self.scale_grad_by_freq);
        weight.gather_with(x, padding, by_frequency).with_features()
    }

    /// The padding row, counted from the start.
    const fn padding(&self, at: Scope<'_>, rows: Dim) -> Option<usize> {
        if self.padding_idx.is_absent() {
            return None;
        }
        let index = at.signed("padding_idx", self.padding_idx);
        // Without the number of rows one that counts from the end cannot be told; it will be known
        // before anything is drawn.
        let Some(rows) = at.known(rows) else {
            return if index < 0 {
                None
            } else {
                Some(index as usize)
            };
        };
        let row = if index < 0 {
            index + rows as i64
        } else {
            index
        };
        if row < 0 || row >= rows as i64 {
            let name = "padding_idx";
            let fault = FaultKind::NoRow { name, index, rows };
            at.trace().fault_at(fault, self.padding_idx.at);
            return None;
        }
        Some(row as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};

    #[test]
    fn indices_become_rows() {
        let (shape, faults) = at_compile_time!([[-1, 7]], |at, x| {
            Embedding::BLANK
                .sizes(Arg::int(10), Arg::int(4))
                .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 7, 4], 0));
        let outcome = run(true, &[Given::Raw(&[2, 3])], |at, x| {
            let embedding = Embedding {
                padding_idx: Arg::signed(-1),
                ..Embedding::BLANK
            };
            let y = embedding.sizes(Arg::int(10), Arg::OPEN).forward(at, x[0]);
            vec![y.expect(-1, crate::graph::Size::of(Dim::Known(4)), "features")]
        });
        assert_eq!(outcome.outputs, [[2, 3, 4]]);
        assert_eq!(outcome.listing(), ["weight [10, 4]"]);
        let skip = Some(9);
        let graph = outcome.graph.unwrap();
        assert!(graph.nodes.iter().any(|node| {
            node.op
                == crate::graph::Op::Gather {
                    skip,
                    by_frequency: false,
                }
        }));
    }

    #[test]
    fn padding_beyond_the_table_is_a_mistake() {
        for index in [10, -11] {
            let outcome = run(true, &[Given::Raw(&[2])], |at, x| {
                let embedding = Embedding {
                    padding_idx: Arg::signed(index),
                    ..Embedding::BLANK
                };
                vec![embedding.sizes(Arg::int(10), Arg::int(4)).forward(at, x[0])]
            });
            assert_eq!(outcome.faults.len(), 1);
        }
    }
}
