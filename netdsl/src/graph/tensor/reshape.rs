//! The same elements, in the same order, with other axes.

use super::{BATCH, NO_AXIS, Tensor};
use crate::graph::op::Op;
use crate::graph::trace::{Made, RESHAPE, UNSQUEEZE};
use crate::shape::{
    Amount, Arg, Axis, Dim, FaultKind, Item, MAX_LIST, MAX_RANK, Role, Shape, Value, rule,
};

const TWO_OPEN: &str = "`reshape` leaves two sizes open, and the number of elements tells one only\n  = help: write `_` once, and numbers or names for the other sizes";
const NO_SIZE: &str = "`reshape` takes sizes that are not negative\n  = help: write a number, a name, or once `_` for the size that follows from the others";

/// The sizes that a reshape is given.
struct Wanted {
    dims: [Dim; MAX_LIST],
    count: usize,
    /// Which one is `_`.
    open_at: Option<usize>,
    /// The product of those that are known, if that can be counted.
    known: Option<usize>,
    /// How many have a name and are not known yet: a single one follows from the others.
    named: usize,
    /// The last of those.
    unknown: Dim,
}

impl Wanted {
    const fn new(count: usize) -> Self {
        Self {
            dims: [Dim::UNTRACKED; MAX_LIST],
            count,
            open_at: None,
            known: Some(1),
            named: 0,
            unknown: Dim::UNTRACKED,
        }
    }

    const fn dims(&self) -> &[Dim] {
        self.dims.split_at(self.count).0
    }

    /// Takes in a size and its value, if that is known.
    const fn take(&mut self, at: usize, dim: Dim, value: Option<usize>) {
        self.dims[at] = dim;
        match value {
            Some(size) => {
                self.known = match self.known {
                    Some(product) => product.checked_mul(size),
                    None => None,
                }
            }
            None if matches!(self.open_at, Some(open) if open == at) => {}
            None => (self.named, self.unknown) = (self.named + 1, dim),
        }
    }
}

impl<'t> Tensor<'t> {
    /// All of a sample in one axis.
    #[track_caller]
    pub const fn flatten(self) -> Self {
        self.pass();
        self.flatten_axes(self.shape().batch_axes() as i64, -1)
    }

    /// The axes from `start` to `end`, both included, as one: `torch.flatten`.
    pub const fn flatten_axes(self, start: i64, end: i64) -> Self {
        let (trace, shape) = (self.trace(), *self.shape());
        if shape.open {
            // Of all axes of a sample one is made, whatever they are.
            if !shape.batched || start != 1 || end != -1 {
                trace.look_again(trace.current());
                return self.record(Op::Reshape, Shape::unknown(shape.batched));
            }
            let batch = Axis {
                dim: Dim::UNTRACKED,
                role: Role::Batch,
                from: 0,
            };
            let flat = Axis {
                dim: trace.fresh_from_something(),
                role: Role::Any,
                from: trace.current(),
            };
            return self.record(Op::Reshape, Shape::new(&[batch, flat], true));
        }
        let rank = shape.rank();
        if rank == 0 || (shape.batched && rank == 1) {
            return self.record(Op::Reshape, shape.with_last(Axis::new(Dim::Known(1))));
        }
        let (Some(start), Some(end)) = (rule::axis_index(start, rank), rule::axis_index(end, rank))
        else {
            let found = trace.sample(&shape);
            trace.fault(FaultKind::Axis {
                operation: "flatten",
                dim: start,
                found,
                why: NO_AXIS,
            });
            return self.unknown();
        };
        if start == 0 && shape.batched {
            return self.bad_axis("flatten", 0, BATCH);
        }
        if start > end {
            return self;
        }
        if start == end {
            // The same axis, and yet no longer one of an image.
            let role = Role::Any;
            let flat = Axis {
                role,
                ..shape.axis(start)
            };
            return self.reshaped_as(shape.with_axis(start, flat));
        }
        let (mut flat, mut i) = (Shape::new(&[], shape.batched), 0);
        while i < start {
            flat = flat.with_last(shape.axis(i));
            i += 1;
        }
        let from = self.common_origin(start, end);
        flat = flat.with_last(Axis {
            dim: self.product_of(start, end + 1),
            role: Role::Any,
            from,
        });
        let mut i = end + 1;
        while i < rank {
            flat = flat.with_last(shape.axis(i));
            i += 1;
        }
        self.record(Op::Reshape, flat)
    }

    /// The scope a flattened size came from: the channels' if any.
    const fn common_origin(self, start: usize, end: usize) -> u32 {
        let last = self.shape().axis(end);
        if !last.is_of_input() {
            last.from
        } else {
            self.shape().axis(start).from
        }
    }

    /// The product of the sizes of axes `start .. end`. A single unknown among known ones is solved
    /// from the product, should that become known.
    const fn product_of(self, start: usize, end: usize) -> Dim {
        let trace = self.trace();
        let (mut known, mut unknown, mut open) = (Some(1usize), Dim::UNTRACKED, 0);
        let (mut sizes, mut i) = ([Dim::UNTRACKED; MAX_RANK], start);
        while i < end {
            let dim = self.shape().axis(i).dim;
            sizes[i - start] = dim;
            match trace.value(dim) {
                Some(size) => {
                    known = match known {
                        Some(product) => product.checked_mul(size),
                        None => None,
                    }
                }
                None => {
                    unknown = dim;
                    open += 1;
                }
            }
            i += 1;
        }
        let Some(known) = known else {
            trace.fault(FaultKind::Overflow {
                operation: "flatten",
            });
            return trace.fresh_from_something();
        };
        let (sizes, _) = sizes.split_at(end - start);
        let product = trace.derived(sizes, if open == 0 { Some(known) } else { None });
        if open > 0 {
            trace.relate(sizes, product);
            trace.make(
                product,
                match open {
                    1 => Made::times(unknown, known),
                    _ => Made::multiple_of(known),
                },
            );
        }
        product
    }

    /// The same elements with the sample's axes as listed; one of them may be `_`.
    #[track_caller]
    pub const fn reshape(self, sizes: Arg) -> Self {
        self.pass();
        let shape = *self.shape();
        let Some(mut wanted) = self.wanted(&sizes) else {
            return self.unknown();
        };
        if shape.open {
            let result = self.arranged(&wanted);
            let result = match wanted.open_at {
                Some(at) => {
                    let open = Axis::new(self.trace().fresh_from_something());
                    result.with_axis(shape.batch_axes() + at, open)
                }
                None => result,
            };
            return self.record(Op::Reshape, result);
        }
        let whole = self.product_of(shape.batch_axes(), shape.rank());
        if !self.holds(&wanted, whole) {
            return self.unknown();
        }
        if let Some(at) = wanted.open_at {
            wanted.dims[at] = self.rest(&wanted, whole);
            self.trace().relate(wanted.dims(), whole);
        }
        self.record(Op::Reshape, self.arranged(&wanted))
    }

    /// What is written in a list of sizes; nothing where that is wrong.
    const fn wanted(self, sizes: &Arg) -> Option<Wanted> {
        let trace = self.trace();
        let Value::List(items, count) = sizes.value else {
            trace.fault(match sizes.value {
                Value::TooLong => FaultKind::TooManyAxes,
                _ => FaultKind::Option {
                    operation: "",
                    name: "reshape",
                    wanted: "a list of sizes such as `[16, _]`",
                    given: None,
                },
            });
            return None;
        };
        let (mut wanted, mut i) = (Wanted::new(count), 0);
        while i < count {
            let dim = match items[i] {
                Item::Int(-1) | Item::Open if wanted.open_at.is_none() => {
                    wanted.open_at = Some(i);
                    Dim::UNTRACKED
                }
                Item::Int(size) if size >= 0 => Dim::Known(size as usize),
                // A size that a mistake has lost, the batch's for one.
                Item::Size(dim) if dim.is_untracked() && trace.has_faults() => return None,
                Item::Size(dim) => dim,
                item => {
                    trace.fault(FaultKind::Other {
                        message: match item {
                            Item::Open | Item::Int(-1) => TWO_OPEN,
                            _ => NO_SIZE,
                        },
                    });
                    return None;
                }
            };
            wanted.take(i, dim, trace.value(dim));
            i += 1;
        }
        Some(wanted)
    }

    /// The shape of a sample with these sizes.
    const fn arranged(self, wanted: &Wanted) -> Shape {
        let shape = *self.shape();
        let from = self.trace().made_by(RESHAPE);
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        if shape.batched {
            result = result.with_last(if shape.open { Axis::ANY } else { shape.axis(0) });
        }
        while i < wanted.count {
            result = result.with_last(Axis {
                dim: wanted.dims[i],
                role: Role::Any,
                from,
            });
            i += 1;
        }
        result
    }

    /// Whether a sample of `whole` elements can have these sizes, which is reported where it cannot. What one of both
    /// tells of the other is learned.
    const fn holds(self, wanted: &Wanted, whole: Dim) -> bool {
        let trace = self.trace();
        if wanted.named > 0 && wanted.open_at.is_none() {
            trace.relate(wanted.dims(), whole);
        }
        match (trace.value(whole), wanted.known) {
            (Some(found), Some(known)) => self.shares(wanted, found, known),
            (None, Some(known)) if wanted.named == 0 && wanted.open_at.is_none() => {
                let fits = trace.unify(whole, Dim::Known(known));
                if !fits {
                    trace.fault(FaultKind::Count {
                        operation: "reshape",
                        found: trace.amounts(whole, Dim::Known(known)).0,
                        wanted: known,
                        open: true,
                    });
                }
                fits
            }
            (None, Some(known)) if wanted.named > 0 => self.holds_beside(wanted, known),
            _ => true,
        }
    }

    /// As [`Self::holds`], where the sizes that are not known stand on both sides: `known` is the product of the others.
    const fn holds_beside(self, wanted: &Wanted, known: usize) -> bool {
        let Some(found) = self.beside(wanted) else {
            return true;
        };
        let follows = wanted.open_at.is_some();
        let fits = match follows {
            true => known > 0 && found.is_multiple_of(known),
            false => found == known,
        };
        if !fits {
            self.trace().fault(FaultKind::Beside {
                found,
                wanted: known,
                follows,
            });
        }
        fits
    }

    /// As [`Self::holds`], of `found` elements where `known` is the product of the sizes that are known.
    const fn shares(self, wanted: &Wanted, found: usize, known: usize) -> bool {
        let trace = self.trace();
        let divides = known > 0 && found.is_multiple_of(known);
        let fits = match (wanted.open_at, wanted.named) {
            (Some(_), _) => divides,
            (None, 0) => found == known,
            (None, 1) => divides,
            (None, _) => true,
        };
        if !fits {
            let operation = "reshape";
            trace.fault(match (wanted.open_at, wanted.named) {
                (None, 0) => FaultKind::Count {
                    operation,
                    found: Amount::Known(found),
                    wanted: known,
                    open: self.may_be_open(wanted, found, known),
                },
                _ => FaultKind::Shares {
                    operation,
                    found,
                    wanted: known,
                },
            });
        } else if wanted.open_at.is_none() && wanted.named == 1 {
            trace.unify(wanted.unknown, Dim::Known(found / known));
        }
        fits
    }

    /// Whether one of the sizes, whose product is `known`, could be another one so that it is `found`.
    const fn may_be_open(self, wanted: &Wanted, found: usize, known: usize) -> bool {
        let (sizes, mut i) = (wanted.dims(), 0);
        while i < sizes.len() {
            if let Some(size) = self.trace().value(sizes[i])
                && size > 0
                && known > 0
                && found.is_multiple_of(known / size)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// How many elements there are to each of those of the unknown sizes, where these stand on both sides and all others
    /// are known: 32 of `[t, 4, 8]`.
    const fn beside(self, wanted: &Wanted) -> Option<usize> {
        let (trace, shape) = (self.trace(), self.shape());
        let (mut others, mut shared, mut i) = (1usize, 0, shape.batch_axes());
        while i < shape.rank() {
            let dim = shape.axis(i).dim;
            match trace.value(dim) {
                Some(size) => match others.checked_mul(size) {
                    Some(product) => others = product,
                    None => return None,
                },
                None if self.stands_once(dim, wanted.dims()) => shared += 1,
                None => return None,
            }
            i += 1;
        }
        if shared == wanted.named {
            Some(others)
        } else {
            None
        }
    }

    /// Whether a size is one of these, and of the axes of the tensor a single one.
    const fn stands_once(self, dim: Dim, among: &[Dim]) -> bool {
        let (trace, shape) = (self.trace(), self.shape());
        let (mut here, mut there, mut i) = (0, 0, 0);
        while i < shape.rank() {
            here += trace.are_one(dim, shape.axis(i).dim) as usize;
            i += 1;
        }
        i = 0;
        while i < among.len() {
            there += trace.are_one(dim, among[i]) as usize;
            i += 1;
        }
        here == 1 && there == 1
    }

    /// The size that is left open, which follows from the number of elements, or tells it.
    const fn rest(self, wanted: &Wanted, whole: Dim) -> Dim {
        let trace = self.trace();
        let rest = match (trace.value(whole), wanted.known) {
            (Some(whole), Some(known)) if wanted.named == 0 && known > 0 && whole % known == 0 => {
                Some(whole / known)
            }
            (None, Some(known)) if wanted.named > 0 && known > 0 => match self.beside(wanted) {
                Some(others) if others.is_multiple_of(known) => Some(others / known),
                _ => None,
            },
            _ => None,
        };
        let dim = trace.derived(&[whole], rest);
        if let Some(known) = wanted.known
            && wanted.named == 0
        {
            trace.make(whole, Made::times(dim, known));
        }
        dim
    }

    /// The same elements seen with other axes: the caller knows that they are as many.
    pub const fn view(self, axes: &[Axis]) -> Self {
        self.record(Op::Reshape, Shape::new(axes, self.shape().batched))
    }

    /// As [`Self::view`], saying whether the first axis is the batch.
    pub const fn view_as(self, axes: &[Axis], batched: bool) -> Self {
        self.record(Op::Reshape, Shape::new(axes, batched))
    }

    /// A new axis of size 1.
    #[track_caller]
    pub const fn unsqueeze(self, dim: i64) -> Self {
        self.pass();
        let (shape, rank) = (*self.shape(), self.shape().rank());
        let at = match rule::axis_index(dim, rank + 1) {
            Some(0) if shape.batched => return self.bad_axis("unsqueeze", dim, BATCH),
            Some(at) if !shape.open => at,
            _ => return self.bad_axis("unsqueeze", dim, "the new one would stand past the last"),
        };
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        while i <= rank {
            if i == at {
                result = result.with_last(Axis {
                    from: self.trace().made_by(UNSQUEEZE),
                    ..Axis::new(Dim::Known(1))
                });
            }
            if i < rank {
                result = result.with_last(shape.axis(i));
            }
            i += 1;
        }
        self.record(Op::Reshape, result)
    }

    /// Without an axis of size 1.
    #[track_caller]
    pub const fn squeeze(self, dim: i64) -> Self {
        self.pass();
        let shape = *self.shape();
        let Some(at) = self.axis("squeeze", dim) else {
            return self.unknown();
        };
        match self.trace().value(shape.axis(at).dim) {
            Some(1) | None => {
                self.trace().unify(shape.axis(at).dim, Dim::Known(1));
            }
            Some(size) => {
                let origin = self.trace().origin(shape.axis(at));
                let found = self.trace().sample(&shape);
                self.trace().fault(FaultKind::Squeezed {
                    dim,
                    size,
                    found,
                    origin,
                });
                return self.unknown();
            }
        }
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        while i < shape.rank() {
            if i != at {
                result = result.with_last(shape.axis(i));
            }
            i += 1;
        }
        self.record(Op::Reshape, result)
    }

    pub(super) const fn bad_axis(
        self,
        operation: &'static str,
        dim: i64,
        why: &'static str,
    ) -> Self {
        self.report_axis(operation, dim, why);
        self.unknown()
    }

    /// Reports an axis that cannot be used so.
    pub(super) const fn report_axis(self, operation: &'static str, dim: i64, why: &'static str) {
        if !self.shape().open {
            let found = self.trace().sample(self.shape());
            self.trace().fault(FaultKind::Axis {
                operation,
                dim,
                found,
                why,
            });
        }
    }
}
