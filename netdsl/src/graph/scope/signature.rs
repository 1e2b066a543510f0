//! Arguments and results of `forward`, held against the shapes of its signature.

use super::Scope;
use crate::graph::Tensor;
use crate::shape::{Arg, Axis, FaultKind, MAX_RANK, Role, Shape, Text};
use std::panic::Location;

impl<'t> Scope<'t> {
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
        if self.id == 0 {
            self.trace.note_result_shape(y.shape());
        }
        let mut cell = self.trace.scope(self.id);
        (cell.output, cell.output_batched) = (y.node(), y.batched());
        self.trace.set_scope(self.id, cell);
        y
    }

    /// A result of `forward`: what is around the network, too, may tell its sizes.
    pub const fn returned(self, y: Tensor<'t>) -> Tensor<'t> {
        if self.id == 0 {
            self.trace.follow_outside_of(y.shape());
            self.trace.note_result(y.node());
        }
        y
    }

    /// A tensor held against what the signature gives it.
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
            let samples = match shape.rank() + 1 == sizes.len() + batch {
                true if name.is_empty() && !self.trace.has_wrong_argument() => {
                    self.samples_written(sizes)
                }
                _ => None,
            };
            let kind = FaultKind::SignatureRank {
                whose,
                name,
                declared: sizes.len(),
                found: self.trace.sample(&shape),
                origin: self.trace.origin_of(&shape),
                samples,
            };
            if samples.is_some() {
                self.trace.forget_faults();
            }
            self.trace.fault_at(kind, self.call_of(name));
            return x.unknown();
        }
        let (known, wrong) = self.agreed(&shape, sizes);
        let held = Tensor::new(self.trace, x.node(), known);
        match wrong {
            None => held,
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
            Some(wrong) => {
                self.report_wrong((whose, name), sizes, &shape, wrong);
                held
            }
        }
    }

    /// How many samples a signature seems to list: the arguments of the network that is checked begin with the same
    /// number as its result. All that was wrong before comes of that.
    const fn samples_written(self, result: &[Arg]) -> Option<usize> {
        if self.id != 0 || !self.trace.is_blind() || result.is_empty() {
            return None;
        }
        let (samples, first) = (self.dim_of(&result[0]), self.trace.first_size());
        if self.trace.are_equal(samples, first) {
            self.trace.value(samples)
        } else {
            None
        }
    }

    /// A shape with the sizes of the signature; and where they are not its own, the first such and how many there are.
    const fn agreed(self, shape: &Shape, sizes: &[Arg]) -> (Shape, Option<(usize, usize)>) {
        let (mut known, mut wrong, mut i) = (*shape, None, 0);
        while i < sizes.len() {
            let (place, axis) = (i + shape.batch_axes(), shape.axis(i + shape.batch_axes()));
            if !sizes[i].is_open() {
                let declared = self.dim_of(&sizes[i]);
                let agreed = self.trace.unify(declared, axis.dim);
                if !agreed {
                    wrong = Some(match wrong {
                        None => (i, 1),
                        Some((first, count)) => (first, count + 1),
                    });
                }
                // Where they differ, or the other is not known for a mistake, it is the signature that has the size.
                let from = match agreed && !axis.dim.is_untracked() {
                    true => axis.from,
                    false => self.id,
                };
                known = known.with_axis(
                    place,
                    Axis {
                        dim: declared,
                        from,
                        ..axis
                    },
                );
            }
            i += 1;
        }
        (known, wrong)
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
    const fn report_wrong(
        self,
        (whose, name): (&'static str, &'static str),
        sizes: &[Arg],
        shape: &Shape,
        (first, count): (usize, usize),
    ) {
        let (declared, axis) = (
            self.dim_of(&sizes[first]),
            shape.axis(first + shape.batch_axes()),
        );
        let (size, found) = self.trace.amounts(declared, axis.dim);
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
