//! Calls that are made later: of layers whose kind is a type parameter.
//!
//! A constant function cannot call what a type parameter stands for, but it can write down a pointer to
//! it. The body goes on with a stand-in of which nothing is known; the compiler leaves it at that. At
//! run time the calls are made after each run, and the next run knows what they gave. A stand-in is
//! never computed: [`Trace::in_order`] puts the result in its place.

use super::{CallCell, NONE, Trace, next};
use crate::graph::{Op, Scope, Tensor};
use crate::shape::{Axis, FaultKind, Shape};

/// A call that is made later: from a layer's scope and its input to its result.
pub type Run = for<'t> fn(Scope<'t>, Tensor<'t>) -> Tensor<'t>;

impl<'t> Trace<'t> {
    /// Writes a call down, and gives what stands for its result.
    pub(crate) const fn call_later(&'t self, run: Run, scope: u32, x: Tensor<'t>) -> Tensor<'t> {
        self.follow_something_of(x.shape());
        let index = next(&self.counters.calls);
        if index >= self.tables.calls.len() {
            let mut cell = self.scope(scope);
            cell.later = true;
            self.set_scope(scope, cell);
            return self.push(Op::Detach, &[x.node()], Shape::unknown(x.shape().batched));
        }
        let known = self.tables.calls[index].get().known;
        let shape = match known {
            Some(known) => self.shape_like(&known),
            None => Shape::unknown(x.shape().batched),
        };
        let y = self.push(Op::Detach, &[x.node()], shape);
        self.tables.calls[index].replace(CallCell {
            run: Some(run),
            scope,
            x: x.node(),
            x_shape: *x.shape(),
            stand_in: y.node(),
            shape,
            result: NONE,
            known,
        });
        y
    }

    /// The same axes with new unknowns for sizes.
    const fn shape_like(&self, shape: &Shape) -> Shape {
        let (mut like, mut i) = (*shape, 0);
        while i < shape.rank() {
            let dim = self.fresh();
            like = like.with_axis(
                i,
                Axis {
                    dim,
                    ..shape.axis(i)
                },
            );
            i += 1;
        }
        like
    }

    /// Makes the calls of this run, and those that they lead to.
    pub(crate) fn make_calls(&'t self) {
        let mut index = 0;
        while index < self.counters.calls.get().min(self.tables.calls.len()) {
            self.make_call(index);
            index += 1;
        }
    }

    fn make_call(&'t self, index: usize) {
        let cell = &self.tables.calls[index];
        let call = cell.get();
        let Some(run) = call.run else { return };
        let mut scope = self.scope(call.scope);
        scope.rewind();
        self.set_scope(call.scope, scope);
        self.set_current(call.scope);
        let x = Tensor::new(self, call.x, call.x_shape);
        let y = run(Scope::new(self, call.scope), x);
        let found = *y.shape();
        let known = call
            .known
            .filter(|known| known.rank() == found.rank() && known.open == found.open);
        // Of an open shape the last axes may be known; a shape that was known is not open again.
        let was_known = call.known.is_some_and(|known| !known.open);
        let learns_nothing = found.open && (found.rank() == 0 || was_known);
        match known {
            Some(_) => self.meet_needs(&call.shape, &found),
            None if learns_nothing => {}
            None => {
                self.renumbered.replace(true);
                self.missed.replace(true);
            }
        }
        self.set_current(0);
        cell.replace(CallCell {
            result: y.node(),
            known: if learns_nothing {
                call.known
            } else {
                known.or(Some(found))
            },
            ..call
        });
    }

    /// Equates what follows the current layer has needed of its stand-in with what the layer gives.
    fn meet_needs(&self, needed: &Shape, given: &Shape) {
        // Of an open shape only the last axes are there.
        let first = match given.open {
            true => -(given.rank() as i64),
            false => 1 - given.batch_axes() as i64,
        };
        for (i, axis) in (0..given.rank()).zip(first..) {
            let (needed, given) = (needed.axis(i).dim, given.axis(i).dim);
            if !self.unify(needed, given) {
                let (needed, given) = self.amounts(needed, given);
                self.fault(FaultKind::Kind {
                    axis,
                    needed,
                    given,
                });
                return;
            }
        }
    }

    /// Stand-ins with what they stand for.
    pub(crate) fn stand_ins(&self) -> impl Iterator<Item = (u32, u32)> {
        let calls = &self.tables.calls[..self.counters.calls.get()];
        calls.iter().map(|cell| {
            let call = cell.get();
            (call.stand_in, call.result)
        })
    }
}
