//! One axis as several: `torch.nn.Unflatten`.
//!
//! x: `[…, a·b·…, …]` → `[…, a, b, …, …]`
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         fold: Unflatten<1, [2, 2]>,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[1.0, 2.0, 3.0, 4.0]])?, array![[[1.0, 2.0], [3.0, 4.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Op, Scope, Tensor};
use crate::shape::{Amount, Axis, Dim, FaultKind, Item, MAX_LIST, MAX_RANK, Role, Shape, Value};

crate::layer! {
    /// One axis as several: `torch.nn.Unflatten`, the reverse of `Flatten`. Written
    /// `Unflatten<1, [16, 4, 4]>`; one of the sizes may be `_` (or −1, as in PyTorch).
    pub struct Unflatten<dim, unflattened_size>;
}

impl Unflatten {
    /// x: `[…, a·b·…, …]` → `[…, a, b, …, …]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let dim = at.signed("dim", self.dim);
        let Some((parts, count)) = self.parts(at) else {
            return x.unknown();
        };
        let Some(axis) = x.axis("unflatten", dim) else {
            return x.unknown();
        };
        let rank = x.shape().rank();
        if rank + count > MAX_RANK + 1 {
            at.option_fault(
                "unflattened_size",
                "at most 8 axes in all",
                self.unflattened_size,
            );
            return x.unknown();
        }
        let Some(sizes) = split(at, x.shape().axis(axis).dim, parts, count) else {
            return x.unknown();
        };
        let (mut shape, mut i) = (Shape::new(&[], x.batched()), 0);
        while i < rank {
            if i == axis {
                let mut j = 0;
                while j < count {
                    let from = at.trace().current();
                    shape = shape.with_last(Axis {
                        dim: sizes[j],
                        role: Role::Any,
                        from,
                    });
                    j += 1;
                }
            } else {
                shape = shape.with_last(x.shape().axis(i));
            }
            i += 1;
        }
        x.record(Op::Reshape, shape)
    }

    /// The sizes written, `None` for one that follows from the others, and how many there are.
    const fn parts(&self, at: Scope<'_>) -> Option<([Option<Dim>; MAX_LIST], usize)> {
        let Value::List(items, count) = self.unflattened_size.value else {
            at.option_fault(
                "unflattened_size",
                "a list of sizes such as `[16, 4, 4]`",
                self.unflattened_size,
            );
            return None;
        };
        let (mut parts, mut open, mut i) = ([None; MAX_LIST], 0, 0);
        while i < count {
            parts[i] = match items[i] {
                Item::Int(size) if size >= 0 => Some(Dim::Known(size as usize)),
                Item::Size(dim) => Some(dim),
                Item::Int(-1) | Item::Open => {
                    open += 1;
                    None
                }
                Item::Int(_) | Item::Float(_) => {
                    open = MAX_LIST;
                    None
                }
            };
            i += 1;
        }
        if open > 1 || count == 0 {
            at.option_fault(
                "unflattened_size",
                "sizes, of which one may be `_`",
                self.unflattened_size,
            );
            return None;
        }
        Some((parts, count))
    }
}

/// The sizes of the parts of an axis. Whatever is the only unknown one among them and the whole
/// follows from the others. `None` where they do not fit together, which is reported.
const fn split(
    at: Scope<'_>,
    whole: Dim,
    parts: [Option<Dim>; MAX_LIST],
    count: usize,
) -> Option<[Dim; MAX_LIST]> {
    let (mut sizes, mut from) = ([Dim::Known(1); MAX_LIST], [Dim::Known(1); MAX_LIST + 1]);
    from[count] = whole;
    let (mut product, mut unknown, mut unknowns, mut open) = (Some(1usize), None, 0, None);
    let mut i = 0;
    while i < count {
        match parts[i] {
            Some(dim) => {
                sizes[i] = dim;
                from[i] = dim;
                match (product, at.known(dim)) {
                    (Some(before), Some(size)) => product = before.checked_mul(size),
                    (_, None) => {
                        unknown = Some(dim);
                        unknowns += 1;
                    }
                    _ => {}
                }
            }
            None => open = Some(i),
        }
        i += 1;
    }
    let Some(product) = product else {
        at.fault(FaultKind::Overflow {
            operation: "unflatten",
        });
        return None;
    };
    let rest = match at.known(whole) {
        Some(found) if product > 0 && found % product == 0 => Some(found / product),
        _ => None,
    };
    if let Some(open) = open {
        let dim = at.derived(&from, if unknowns == 0 { rest } else { None });
        sizes[open] = dim;
        match at.known(dim) {
            // It is known from elsewhere: one factor more among those that are.
            Some(size) => {
                let Some(product) = product.checked_mul(size) else {
                    return Some(sizes);
                };
                if !settle(at, whole, product, unknown, unknowns) {
                    return None;
                }
            }
            None if unknowns == 0 => {
                if let (Some(found), None) = (at.known(whole), rest) {
                    at.fault(FaultKind::Count {
                        operation: "unflatten",
                        found: Amount::Known(found),
                        wanted: product,
                        open: false,
                    });
                    return None;
                }
            }
            None => {}
        }
    } else if !settle(at, whole, product, unknown, unknowns) {
        return None;
    }
    at.trace().relate(&sizes, whole);
    Some(sizes)
}

/// Learns the whole from the product of the parts, or the only unknown part from the whole; false, and a
/// mistake, where they differ.
const fn settle(
    at: Scope<'_>,
    whole: Dim,
    product: usize,
    unknown: Option<Dim>,
    unknowns: usize,
) -> bool {
    match (at.known(whole), unknown, unknowns) {
        (None, _, 0) => {
            at.trace().unify(whole, Dim::Known(product));
        }
        (Some(found), Some(unknown), 1) if product > 0 && found % product == 0 => {
            at.trace().unify(unknown, Dim::Known(found / product));
        }
        (Some(found), _, 0 | 1) if unknowns == 1 || found != product => {
            at.fault(FaultKind::Count {
                operation: "unflatten",
                found: Amount::Known(found),
                wanted: product,
                open: false,
            });
            return false;
        }
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Size;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, named, run};
    use crate::shape::Arg;

    #[test]
    fn an_axis_comes_apart() {
        let (shape, faults) = at_compile_time!([[-1, 24, 3]], |at, x| {
            let sizes = Arg::list(&[Arg::int(2), Arg::OPEN, Arg::int(4)]);
            Unflatten::BLANK.sizes(Arg::int(1), sizes).forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 2, 3, 4, 3], 0));
        let outcome = run(true, &[Given::Raw(&[4, 3])], |at, x| {
            vec![
                Unflatten::BLANK
                    .sizes(Arg::int(0), Arg::sizes(&[2, 2]))
                    .forward(at, x[0]),
            ]
        });
        assert_eq!(outcome.outputs, [[2, 2, 3]]);
    }

    #[test]
    fn sizes_flow_both_ways() {
        let outcome = run(true, &[Given::Batched(&[2, -1])], |at, x| {
            vec![
                Unflatten::BLANK
                    .sizes(Arg::int(1), Arg::sizes(&[3, 4]))
                    .forward(at, x[0]),
            ]
        });
        assert_eq!(outcome.inputs, [[2, 12]]);
        let outcome = run(true, &[Given::Batched(&[2, 12])], |at, x| {
            let sizes = Arg::list(&[Arg::int(3), named(at, "n")]);
            vec![Unflatten::BLANK.sizes(Arg::int(1), sizes).forward(at, x[0])]
        });
        assert_eq!(outcome.outputs, [[2, 3, 4]]);
        let outcome = run(true, &[Given::Batched(&[2, -1])], |at, x| {
            let sizes = Arg::list(&[Arg::int(3), Arg::signed(-1)]);
            let y = Unflatten::BLANK.sizes(Arg::int(1), sizes).forward(at, x[0]);
            vec![y.expect(-1, Size::of(Dim::Known(5)), "columns")]
        });
        assert_eq!(
            (outcome.inputs, outcome.outputs),
            (vec![vec![2, 15]], vec![vec![2, 3, 5]])
        );
    }

    #[test]
    fn parts_must_make_the_whole() {
        for sizes in [
            Arg::sizes(&[5, 5]),
            Arg::list(&[Arg::int(5), Arg::OPEN]),
            Arg::list(&[Arg::OPEN, Arg::OPEN]),
        ] {
            let outcome = run(true, &[Given::Batched(&[2, 12])], |at, x| {
                vec![Unflatten::BLANK.sizes(Arg::int(1), sizes).forward(at, x[0])]
            });
            assert_eq!(outcome.faults.len(), 1);
        }
    }
}
