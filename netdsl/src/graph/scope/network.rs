//! What the code that `network!` writes asks of a scope: layers, names of sizes, the signature.

use super::Scope;
use crate::graph::Tensor;
use crate::graph::trace::{NONE, Presence, ScopeCell, TieCell};
use crate::shape::{Arg, Axis, Dim, FaultKind, MAX_RANK, Role, Shape, Text, Value};
use std::panic::Location;

impl<'t> Scope<'t> {
    /// A layer of a network, under its name. `faults` says how many mistakes it has by itself, which
    /// are told where it is defined.
    #[track_caller]
    pub const fn layer(self, name: &'static str, kind: &'static str, faults: usize) -> Self {
        self.child(ScopeCell {
            name,
            kind,
            at: Some(Location::caller()),
            silent: faults > 0,
            ..ScopeCell::NEW
        })
    }

    /// Reports a layer written with another number of sizes than it takes.
    #[track_caller]
    pub const fn count_sizes(
        self,
        kind: &'static str,
        names: &'static [&'static str],
        found: usize,
    ) {
        if names.len() != found && self.id == 0 {
            self.trace.fault_at(
                FaultKind::Sizes { kind, names, found },
                Some(Location::caller()),
            );
        }
    }

    /// A member of a stack.
    pub const fn member(self, index: usize) -> Self {
        let above = self.trace.scope(self.id);
        self.child(ScopeCell {
            index: Some(index as u32),
            kind: above.kind,
            at: above.at,
            ..ScopeCell::NEW
        })
    }

    /// Says that a parameter of a layer of this network is one of another layer's: as it is, or transposed.
    #[track_caller]
    pub const fn tie(
        self,
        (layer, name): (Self, &'static str),
        (owner, owned): (Self, &'static str),
        transposed: bool,
    ) {
        self.trace.tie(TieCell {
            scope: layer.id,
            name,
            owner: owner.id,
            owned,
            transposed,
            at: self.pointed_at(Location::caller()),
            got: NONE,
        });
    }

    /// The layer within another one that a tie of this network leads to, which may be declared later.
    #[track_caller]
    pub const fn foresee(self, within: Self, name: &'static str) -> Self {
        within.foreseen(ScopeCell {
            name,
            at: self.pointed_at(Location::caller()),
            ..ScopeCell::NEW
        })
    }

    /// As [`Self::foresee`], for a member of a stack.
    #[track_caller]
    pub const fn foresee_member(self, stack: Self, index: usize) -> Self {
        stack.foreseen(ScopeCell {
            index: Some(index as u32),
            at: self.pointed_at(Location::caller()),
            ..ScopeCell::NEW
        })
    }

    const fn foreseen(self, child: ScopeCell) -> Self {
        Self {
            trace: self.trace,
            id: self.trace.foresee(self.id, child),
        }
    }

    /// Only what stands in the network that is being checked can be pointed at.
    const fn pointed_at(
        self,
        at: &'static Location<'static>,
    ) -> Option<&'static Location<'static>> {
        if self.id == 0 && !self.trace.is_held() {
            Some(at)
        } else {
            None
        }
    }

    /// Enters the layer: what is recorded until [`Self::leave`] is its own.
    pub const fn enter(self) -> Self {
        self.trace.set_current(self.id);
        if matches!(self.trace.scope(self.id).presence, Presence::Undecided) {
            self.trace.leave_vague(self.id);
        }
        self
    }

    /// As [`Self::enter`], for a call that stands where this is called.
    #[track_caller]
    pub const fn enter_here(self) -> Self {
        self.trace.pass(Location::caller());
        self.enter()
    }

    /// Leaves the layer for the one around it.
    pub const fn leave(self) {
        let mut cell = self.trace.scope(self.id);
        cell.calls += 1;
        cell.rewind();
        if cell.output == NONE && self.trace.node_count() > 0 {
            cell.output = self.trace.node_count() - 1;
        }
        self.trace.set_scope(self.id, cell);
        self.trace.end_vague(self.id);
        self.trace.set_current(self.trace.around(self.id));
    }

    /// Says which of several results tables show as what the layer gives; if it does not say, that is the last tensor
    /// it made.
    pub const fn shows(self, result: Tensor<'t>) {
        let mut cell = self.trace.scope(self.id);
        if cell.output == NONE {
            cell.output = result.node();
            self.trace.set_scope(self.id, cell);
        }
    }

    /// Says that the layer is a network: its body is the user's own code, or it is `listed`. In one that is `eager`
    /// nothing may wait.
    pub const fn network(self, listed: bool, eager: bool) -> Self {
        let mut cell = self.trace.scope(self.id);
        cell.network = true;
        cell.listed = listed;
        cell.eager = eager;
        self.trace.set_scope(self.id, cell);
        self
    }

    /// A size or an option as written at the caller's place.
    #[track_caller]
    pub const fn written(self, arg: Arg) -> Arg {
        if arg.at.is_some() {
            return arg;
        }
        Arg {
            at: self.pointed_at(Location::caller()),
            ..arg
        }
    }

    /// The body calls a function of the user's from here.
    #[track_caller]
    pub const fn hold(self) {
        self.trace.hold();
    }

    /// That function is through.
    pub const fn release(self) {
        self.trace.release();
    }

    /// The unknown with a name: the same one for everybody in this network who says the name.
    pub const fn unknown(self, name: &'static str) -> Arg {
        Arg::new(Value::Size(self.trace.named_size(self.id, name, None)))
    }

    /// An argument of `forward`, held against the shape its signature gives a sample.
    #[track_caller]
    pub const fn argument(self, name: &'static str, x: Tensor<'t>, sizes: &[Arg]) -> Tensor<'t> {
        self.trace.name_input(x.shape(), name);
        self.signature("argument", name, x, sizes)
    }

    /// The result of `forward`, held against the shape its signature gives a sample.
    #[track_caller]
    pub const fn result(self, y: Tensor<'t>, sizes: &[Arg]) -> Tensor<'t> {
        let y = self.returned(self.signature("the result", "", y, sizes));
        let mut cell = self.trace.scope(self.id);
        cell.output = y.node();
        self.trace.set_scope(self.id, cell);
        y
    }

    /// A result of `forward`: what is around the network, too, may tell its sizes.
    pub const fn returned(self, y: Tensor<'t>) -> Tensor<'t> {
        if self.id == 0 {
            self.trace.follow_outside_of(y.shape());
        }
        y
    }

    #[track_caller]
    const fn signature(
        self,
        whose: &'static str,
        name: &'static str,
        x: Tensor<'t>,
        sizes: &[Arg],
    ) -> Tensor<'t> {
        self.trace.pass(Location::caller());
        let shape = *x.shape();
        let batch = shape.batch_axes();
        if sizes.len() + batch > MAX_RANK {
            self.trace.fault(FaultKind::TooManyAxes);
            return x.unknown();
        }
        if shape.open {
            self.trace.learn_rank(&shape, sizes.len() + batch);
            return Tensor::new(self.trace, x.node(), self.declared_shape(&shape, sizes));
        }
        if shape.rank() != sizes.len() + batch {
            let kind = FaultKind::SignatureRank {
                whose,
                name,
                declared: sizes.len(),
                found: self.trace.sample(&shape),
                origin: self.trace.origin_of(&shape),
            };
            self.trace.fault_at(kind, self.call_of(name));
            return x.unknown();
        }
        let (mut known, mut wrong, mut i) = (shape, None, 0);
        while i < sizes.len() {
            let axis = shape.axis(i + batch);
            if !sizes[i].is_open() {
                let declared = self.dim_of(&sizes[i]);
                let agreed = self.trace.unify(declared, axis.dim);
                if !agreed {
                    wrong = Some(match wrong {
                        None => (i, 1),
                        Some((first, count)) => (first, count + 1),
                    });
                }
                known = known.with_axis(
                    i + batch,
                    Axis {
                        dim: declared,
                        // Where they differ, or the other is not known for a mistake, it is the signature
                        // that has the size.
                        from: if agreed && !matches!(axis.dim, Dim::Unknown(NONE)) {
                            axis.from
                        } else {
                            self.id
                        },
                        ..axis
                    },
                );
            }
            i += 1;
        }
        match wrong {
            Some(_) if self.has_first_last(sizes, &shape) => {
                let kind = FaultKind::FirstLast {
                    whose,
                    name,
                    declared: self.declared(sizes),
                    found: self.trace.sample(&shape),
                    origin: self.trace.origin(shape.axis(batch)),
                };
                self.trace.fault_at(kind, sizes[0].at);
                x.unknown()
            }
            Some((first, count)) => {
                self.wrong_size((whose, name), sizes, &shape, first, count);
                Tensor::new(self.trace, x.node(), known)
            }
            None => Tensor::new(self.trace, x.node(), known),
        }
    }

    /// The shape that a signature gives a tensor of which no axes are known.
    const fn declared_shape(self, open: &Shape, sizes: &[Arg]) -> Shape {
        let (mut shape, mut i) = (Shape::new(&[], open.batched), 0);
        if open.batched {
            shape = shape.with_last(Axis {
                dim: self.trace.fresh_from_something(),
                role: Role::Batch,
                from: 0,
            });
        }
        while i < sizes.len() {
            shape = shape.with_last(Axis::new(self.dim_of(&sizes[i])));
            i += 1;
        }
        shape
    }

    /// Reports that `count` sizes of a shape, this one first, are not those of the signature.
    const fn wrong_size(
        self,
        (whose, name): (&'static str, &'static str),
        sizes: &[Arg],
        shape: &Shape,
        first: usize,
        count: usize,
    ) {
        let (declared, axis) = (
            self.dim_of(&sizes[first]),
            shape.axis(first + shape.batch_axes()),
        );
        if let (Some(size), Some(found)) = (self.trace.value(declared), self.trace.value(axis.dim))
        {
            let kind = FaultKind::Signature {
                whose,
                name,
                axis: first + 1,
                unknown: self.trace.name_of(self.id, declared),
                declared: size,
                found,
                origin: self.trace.origin(axis),
                shapes: match count {
                    1 => None,
                    _ => Some([self.declared(sizes), self.trace.sample(shape)]),
                },
            };
            let at = match sizes[first].at {
                None => self.call_of(name),
                at => at,
            };
            self.trace.fault_at(kind, at);
        }
    }

    /// Where the body that is checked calls this network, for what is wrong with an argument of this name.
    const fn call_of(self, argument: &str) -> Option<&'static Location<'static>> {
        if self.id == 0 || argument.is_empty() || self.trace.around(self.id) != 0 {
            return None;
        }
        self.trace.site()
    }

    /// The sizes of a signature as text.
    const fn declared(self, sizes: &[Arg]) -> Text<80> {
        let (mut shape, mut i) = (Shape::new(&[], false), 0);
        while i < sizes.len() {
            shape = shape.with_last(Axis::new(self.dim_of(&sizes[i])));
            i += 1;
        }
        self.trace.sample(&shape)
    }

    /// Whether a sample has the sizes of an image's signature, but the first of them last.
    const fn has_first_last(self, sizes: &[Arg], shape: &Shape) -> bool {
        let (batch, mut i, mut agree) = (shape.batch_axes(), 0, sizes.len() == 3);
        while agree && i < 3 {
            let found = shape.axis(batch + (i + 2) % 3).dim;
            agree = self.trace.are_equal(self.dim_of(&sizes[i]), found);
            i += 1;
        }
        agree
    }
}
