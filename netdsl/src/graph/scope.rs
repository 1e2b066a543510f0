//! A layer's place in a trace: where it declares its sizes and parameters and reports mistakes.

mod conditions;

use crate::graph::Tensor;
use crate::graph::trace::{
    MAX_PARAMETER_RANK, NONE, ParameterCell, Presence, ScopeCell, TieCell, Trace, same_text,
};
use crate::init::Init;
use crate::shape::{Arg, Axis, Dim, FaultKind, Item, MAX_LIST, MAX_RANK, Role, Shape, Value};
use std::panic::Location;

const TOO_LARGE: &str = "is too large to count with";
const BY_ZERO: &str = "divides by 0";
const POSITIVE: &str = "a whole number above 0";

/// A layer's place in the trace of a network.
///
/// A layer's `forward` receives its scope, and from it gets its sizes ([`Scope::size`]) and its
/// parameters ([`Scope::parameter`]), each by name: asked for again, they are the same ones.
#[derive(Clone, Copy)]
pub struct Scope<'t> {
    trace: &'t Trace<'t>,
    id: u32,
}

/// A size of a layer: what was written for it and what is known of it.
#[derive(Clone, Copy)]
pub struct Size {
    /// The size.
    pub dim: Dim,
    /// What was written.
    pub arg: Arg,
}

impl Size {
    /// A size that nobody wrote: it follows from something else.
    pub const fn of(dim: Dim) -> Self {
        Self {
            dim,
            arg: Arg::OPEN,
        }
    }
}

/// A list of sizes, such as `normalized_shape`.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// The sizes.
    pub dims: [Dim; MAX_LIST],
    /// How many there are.
    pub count: usize,
    /// What was written.
    pub arg: Arg,
}

impl<'t> Scope<'t> {
    pub(crate) const fn new(trace: &'t Trace<'t>, id: u32) -> Self {
        Self { trace, id }
    }

    /// The trace this belongs to.
    pub const fn trace(self) -> &'t Trace<'t> {
        self.trace
    }

    pub(crate) const fn id(self) -> u32 {
        self.id
    }

    /// Whether the network runs in training mode.
    pub const fn training(self) -> bool {
        self.trace.training()
    }

    // ---- Used by the code that `network!` writes -------------------------------------------------

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

    const fn child(self, child: ScopeCell) -> Self {
        Self {
            trace: self.trace,
            id: self.trace.child(self.id, child),
        }
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

    /// A layer within this layer that its author wrote, such as the `out_proj` of an attention. What
    /// is wrong in it is told where this layer is written. To be asked for once in a `forward`.
    pub const fn part(self, name: &'static str, kind: &'static str) -> Self {
        let above = self.trace.scope(self.id);
        self.child(ScopeCell {
            name,
            kind,
            at: above.at,
            ..ScopeCell::NEW
        })
    }

    /// Says that a parameter of this layer is one of another layer's: as it is, or transposed.
    #[track_caller]
    pub const fn tie(
        self,
        name: &'static str,
        owner: Scope<'t>,
        owned: &'static str,
        transposed: bool,
    ) {
        // Only what stands in the network that is being checked can be pointed at.
        let at = if self.trace.scope(self.id).parent == 0 {
            Some(Location::caller())
        } else {
            None
        };
        self.trace.tie(TieCell {
            scope: self.id,
            name,
            owner: owner.id,
            owned,
            transposed,
            at,
            used: false,
        });
    }

    /// Enters the layer: what is recorded until [`Self::leave`] is its own.
    pub const fn enter(self) -> Self {
        self.trace.set_current(self.id);
        if matches!(self.trace.scope(self.id).presence, Presence::Undecided) {
            self.trace.leave_vague(self.id);
        }
        self
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
        self.trace
            .set_current(if cell.parent == NONE { 0 } else { cell.parent });
    }

    /// Says that the layer is a network: its body is the user's own code.
    pub const fn network(self) -> Self {
        let mut cell = self.trace.scope(self.id);
        cell.network = true;
        self.trace.set_scope(self.id, cell);
        self
    }

    /// A size or an option as written at the caller's place.
    #[track_caller]
    pub const fn written(self, arg: Arg) -> Arg {
        // Only what stands in the network that is being checked can be pointed at.
        if arg.at.is_some() || self.id != 0 {
            return arg;
        }
        Arg {
            at: Some(Location::caller()),
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
            self.trace.follow_something_of(y.shape());
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
            let (mut known, mut i) = (Shape::new(&[], shape.batched), 0);
            if shape.batched {
                known = known.with_last(Axis {
                    dim: self.trace.fresh_from_something(),
                    role: Role::Batch,
                    from: 0,
                });
            }
            while i < sizes.len() {
                let dim = self.dim_of(&sizes[i]);
                known = known.with_last(Axis::new(dim));
                i += 1;
            }
            return Tensor::new(self.trace, x.node(), known);
        }
        if shape.rank() != sizes.len() + batch {
            let origin = if shape.rank() > 0 {
                self.trace.origin(shape.axis(shape.rank() - 1))
            } else {
                self.trace.origin(Axis::ANY)
            };
            let found = self.trace.sample(&shape);
            self.trace.fault(FaultKind::SignatureRank {
                whose,
                name,
                declared: sizes.len(),
                found,
                origin,
            });
            return x.unknown();
        }
        let (mut known, mut i) = (shape, 0);
        while i < sizes.len() {
            let axis = shape.axis(i + batch);
            if !sizes[i].is_open() {
                let declared = self.dim_of(&sizes[i]);
                let agreed = self.trace.unify(declared, axis.dim);
                if !agreed
                    && let (Some(size), Some(found)) =
                        (self.trace.value(declared), self.trace.value(axis.dim))
                {
                    let kind = FaultKind::Signature {
                        whose,
                        name,
                        axis: i,
                        unknown: self.trace.name_of(self.id, declared),
                        declared: size,
                        found,
                        origin: self.trace.origin(axis),
                    };
                    self.trace.fault_at(kind, sizes[i].at);
                }
                known = known.with_axis(
                    i + batch,
                    Axis {
                        dim: declared,
                        // Where they differ, it is the signature that has the size.
                        from: if agreed { axis.from } else { self.id },
                        ..axis
                    },
                );
            }
            i += 1;
        }
        Tensor::new(self.trace, x.node(), known)
    }

    // ---- Used by layers --------------------------------------------------------------------------

    /// A size of this layer, by its PyTorch name: a number, a name's unknown, or open.
    pub const fn size(self, name: &'static str, arg: Arg) -> Size {
        let dim = match arg.value {
            Value::Open => self.trace.named_size(self.id, name, arg.at),
            Value::Size(dim) => {
                self.trace.name_size(self.id, name, dim, arg.at);
                dim
            }
            Value::Int(size) if size >= 0 => Dim::Known(size as usize),
            _ => {
                self.option_fault(name, "a size or `_`", arg);
                self.trace.named_size(self.id, name, arg.at)
            }
        };
        Size { dim, arg }
    }

    /// A list of sizes of this layer; a single one counts as a list.
    pub const fn sizes(self, names: [&'static str; MAX_LIST], arg: Arg) -> Sizes {
        let mut dims = [Dim::UNTRACKED; MAX_LIST];
        let count = match arg.value {
            Value::List(items, count) => {
                let mut i = 0;
                while i < count {
                    dims[i] = match items[i] {
                        Item::Open => self.trace.named_size(self.id, names[i], arg.at),
                        Item::Size(dim) => dim,
                        Item::Int(size) => Dim::Known(size.unsigned_abs() as usize),
                        Item::Float(_) => {
                            self.option_fault(names[i], "a size or `_`", arg);
                            self.trace.named_size(self.id, names[i], arg.at)
                        }
                    };
                    i += 1;
                }
                count
            }
            Value::TooLong => {
                self.option_fault(names[0], "", arg);
                dims[0] = self.trace.fresh_from_something();
                1
            }
            _ => {
                dims[0] = self.size(names[0], arg).dim;
                1
            }
        };
        Sizes { dims, count, arg }
    }

    const fn dim_of(self, arg: &Arg) -> Dim {
        match arg.value {
            Value::Size(dim) => dim,
            Value::Int(size) if size >= 0 => Dim::Known(size as usize),
            Value::Open => self.trace.fresh_from_something(),
            _ => {
                self.option_fault(
                    "a size of the signature",
                    "a whole number, a name or `_`",
                    *arg,
                );
                self.trace.fresh_from_something()
            }
        }
    }

    /// A parameter of this layer: what training changes.
    pub const fn parameter(self, name: &'static str, dims: &[Dim], init: Init) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, init, None, false))
    }

    /// A parameter whose initial spread follows from `fan` ([`Init::FanInUniform`]).
    pub const fn parameter_with_fan(
        self,
        name: &'static str,
        dims: &[Dim],
        fan: Dim,
    ) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, Init::FanInUniform, Some(fan), false))
    }

    /// A buffer of this layer: saved with the parameters, but not trained.
    pub const fn buffer(self, name: &'static str, dims: &[Dim], init: Init) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, init, None, true))
    }

    /// Gives a buffer its next value, taken over after a training step.
    pub const fn update(self, name: &'static str, next: Tensor<'t>) {
        self.trace.update(self.id, name, next.node());
    }

    const fn cell(
        self,
        name: &'static str,
        dims: &[Dim],
        init: Init,
        fan: Option<Dim>,
        buffer: bool,
    ) -> ParameterCell {
        let mut cell = ParameterCell {
            scope: self.id,
            name,
            init,
            fan,
            buffer,
            ..ParameterCell::NEW
        };
        if dims.len() > MAX_PARAMETER_RANK {
            self.trace.fault(FaultKind::Other {
                message: "has a parameter of more than 6 axes, which is the most\n  = help: join some of them",
            });
        }
        let mut i = 0;
        while i < dims.len() && i < MAX_PARAMETER_RANK {
            cell.dims[i] = dims[i];
            i += 1;
        }
        cell.rank = i;
        cell
    }

    /// The value of a size, where it is known.
    pub const fn known(self, dim: Dim) -> Option<usize> {
        self.trace.value(dim)
    }

    /// A new size that follows from others by arithmetic: their known values and the result.
    pub const fn derived(self, from: &[Dim], size: Option<usize>) -> Dim {
        self.trace.derived(from, size)
    }

    /// The product of sizes, as far as it is known; an overflow is a mistake of this layer.
    pub const fn product(self, from: &[Dim]) -> Dim {
        let (mut product, mut i) = (Some(1usize), 0);
        while i < from.len() {
            product = match (product, self.trace.value(from[i])) {
                (Some(product), Some(size)) => match product.checked_mul(size) {
                    Some(product) => Some(product),
                    None => {
                        self.trace.fault(FaultKind::Overflow {
                            operation: "product of sizes",
                        });
                        None
                    }
                },
                _ => None,
            };
            i += 1;
        }
        self.derived(from, product)
    }

    /// A size divided by a number; a remainder is a mistake of this layer. Known from either side.
    pub const fn divided(
        self,
        what: &'static str,
        size: Size,
        by: &'static str,
        divisor: usize,
    ) -> Dim {
        if divisor == 1 {
            return size.dim;
        }
        let quotient = match self.trace.value(size.dim) {
            Some(whole) if divisor > 0 && whole % divisor == 0 => Some(whole / divisor),
            Some(whole) => {
                self.trace.fault_at(
                    FaultKind::Indivisible {
                        what,
                        size: whole,
                        by,
                        divisor,
                    },
                    size.arg.at,
                );
                None
            }
            None => None,
        };
        let part = self.derived(&[size.dim], quotient);
        self.learn_whole(size, part, divisor);
        part
    }

    /// A size that was [`Self::divided`] follows from its part: to be called again once the part is a parameter's.
    pub const fn learn_whole(self, size: Size, part: Dim, divisor: usize) {
        if let (Some(part), None) = (self.trace.value(part), self.trace.value(size.dim))
            && let Some(whole) = part.checked_mul(divisor)
        {
            self.trace.unify(size.dim, Dim::Known(whole));
        }
        self.trace.relate(&[size.dim], part);
    }

    /// A size times a number. Known from either side.
    pub const fn multiplied(self, size: Dim, factor: usize) -> Dim {
        if factor == 1 {
            return size;
        }
        let product = self.product(&[size, Dim::Known(factor)]);
        if let (Some(whole), None) = (self.trace.value(product), self.trace.value(size))
            && factor > 0
            && whole % factor == 0
        {
            self.trace.unify(size, Dim::Known(whole / factor));
        }
        self.trace.relate(&[size], product);
        product
    }

    /// Reports a mistake of this layer.
    pub const fn fault(self, kind: FaultKind) {
        self.trace.fault(kind);
    }

    // ---- Options ---------------------------------------------------------------------------------

    /// An option that is a whole number, not negative.
    pub const fn count(self, name: &'static str, arg: Arg) -> usize {
        match arg.value {
            Value::Int(number) if number >= 0 => number as usize,
            Value::Size(Dim::Known(number)) => number,
            _ => {
                self.option_fault(name, "a whole number", arg);
                1
            }
        }
    }

    /// An option that is a whole number above 0.
    pub const fn positive(self, name: &'static str, arg: Arg) -> usize {
        match arg.value {
            Value::Int(number) if number > 0 => number as usize,
            Value::Size(Dim::Known(number)) if number > 0 => number,
            _ => {
                self.option_fault(name, POSITIVE, arg);
                1
            }
        }
    }

    /// An option that may count from the end.
    pub const fn signed(self, name: &'static str, arg: Arg) -> i64 {
        match arg.value {
            Value::Int(number) => number,
            Value::Size(Dim::Known(number)) if number <= i64::MAX as usize => number as i64,
            _ => {
                self.option_fault(name, "a whole number", arg);
                0
            }
        }
    }

    /// An option that is a number.
    pub const fn number(self, name: &'static str, arg: Arg) -> f64 {
        match arg.value {
            Value::Float(number) => number,
            Value::Int(number) => number as f64,
            Value::Size(Dim::Known(number)) => number as f64,
            _ => {
                self.option_fault(name, "a number", arg);
                0.0
            }
        }
    }

    /// An option that is a probability.
    pub const fn probability(self, name: &'static str, arg: Arg) -> f64 {
        match arg.value {
            Value::Float(number) if number >= 0.0 && number <= 1.0 => number,
            Value::Int(number) if number == 0 || number == 1 => number as f64,
            _ => {
                self.option_fault(name, "a probability from 0 to 1", arg);
                0.0
            }
        }
    }

    /// An option that is `true` or `false`.
    pub const fn flag(self, name: &'static str, arg: Arg) -> bool {
        match arg.value {
            Value::Bool(flag) => flag,
            _ => {
                self.option_fault(name, "`true` or `false`", arg);
                false
            }
        }
    }

    /// An option with one number for each of `rank` axes, or one for all of them.
    pub const fn per_axis(self, name: &'static str, arg: Arg, rank: usize) -> [usize; 3] {
        let mut numbers = [1; 3];
        match arg.value {
            Value::List(items, count) if count == rank || count == 1 => {
                let mut i = 0;
                while i < rank {
                    match items[if count == 1 { 0 } else { i }] {
                        Item::Int(number) if number >= 0 => numbers[i] = number as usize,
                        Item::Size(Dim::Known(number)) => numbers[i] = number,
                        _ => self.option_fault(name, "whole numbers", arg),
                    }
                    i += 1;
                }
            }
            Value::List(..) => self.option_fault(name, "one number, or one for each axis", arg),
            _ => {
                let number = self.count(name, arg);
                let mut i = 0;
                while i < rank {
                    numbers[i] = number;
                    i += 1;
                }
            }
        }
        numbers
    }

    /// As [`Self::per_axis`], of numbers above 0.
    pub const fn positive_per_axis(self, name: &'static str, arg: Arg, rank: usize) -> [usize; 3] {
        let (mut numbers, mut i) = (self.per_axis(name, arg, rank), 0);
        while i < rank {
            if numbers[i] == 0 {
                let wanted = match arg.value {
                    Value::List(..) => "whole numbers above 0",
                    _ => POSITIVE,
                };
                self.option_fault(name, wanted, arg);
                numbers[i] = 1;
            }
            i += 1;
        }
        numbers
    }

    /// An option that is one of some words: its index among them; `wanted` lists them for a mistake.
    pub const fn choice(
        self,
        name: &'static str,
        arg: Arg,
        words: &[&str],
        wanted: &'static str,
    ) -> usize {
        if let Value::Word(word) = arg.value {
            let mut i = 0;
            while i < words.len() {
                if same_text(words[i], word) {
                    return i;
                }
                i += 1;
            }
        }
        self.option_fault(name, wanted, arg);
        0
    }

    /// Reports an option with a value it cannot have, at the place where it was written.
    pub const fn option_fault(self, name: &'static str, wanted: &'static str, arg: Arg) {
        if matches!(arg.value, Value::TooLong) {
            self.trace.fault_at(FaultKind::TooLong { name }, arg.at);
        } else if arg.is_undecided() {
            self.trace.undecided(name, &arg);
        } else {
            let fault = FaultKind::Option {
                operation: "",
                name,
                wanted,
            };
            self.trace.fault_at(fault, arg.at);
        }
    }
}

/// Arithmetic on sizes as written in definitions: `Linear<_, channels * 2>`.
impl Scope<'_> {
    /// A dimension parameter of this network: what was given for it, or its unknown.
    pub const fn dimension(self, name: &'static str, given: Arg) -> Arg {
        match given.value {
            Value::Open => Arg {
                value: Value::Size(self.trace.parameter_size(self.id, name, given.at)),
                ..given
            },
            _ if self.id == 0 => Arg {
                given: name,
                ..given
            },
            _ => {
                if let Some(size) = given.known() {
                    self.trace.note_size(self.id, name, size);
                }
                given
            }
        }
    }

    /// a + b.
    pub const fn size_sum(self, a: Arg, b: Arg) -> Arg {
        self.combined("+", a, b)
    }

    /// a − b.
    pub const fn size_difference(self, a: Arg, b: Arg) -> Arg {
        self.combined("-", a, b)
    }

    /// a · b.
    pub const fn size_product(self, a: Arg, b: Arg) -> Arg {
        self.combined("*", a, b)
    }

    /// a / b, which must leave no remainder.
    pub const fn size_quotient(self, a: Arg, b: Arg) -> Arg {
        self.combined("/", a, b)
    }

    /// a % b.
    pub const fn size_remainder(self, a: Arg, b: Arg) -> Arg {
        self.combined("%", a, b)
    }

    const fn combined(self, operation: &'static str, a: Arg, b: Arg) -> Arg {
        let (x, y) = (self.dim_of(&a), self.dim_of(&b));
        let result = match (self.trace.value(x), self.trace.value(y)) {
            (Some(x), Some(y)) => {
                let (result, why) = match operation.as_bytes()[0] {
                    b'+' => (x.checked_add(y), TOO_LARGE),
                    b'-' => (x.checked_sub(y), "is below 0"),
                    b'*' => (x.checked_mul(y), TOO_LARGE),
                    _ if y == 0 => (None, BY_ZERO),
                    b'%' => (Some(x % y), ""),
                    _ if x % y == 0 => (Some(x / y), ""),
                    _ => (None, "is not a whole number"),
                };
                if result.is_none() {
                    let operands = (Some(x), y);
                    let fault = FaultKind::Arithmetic {
                        operation,
                        operands,
                        why,
                    };
                    self.trace.fault_at(fault, a.at);
                }
                result
            }
            (None, Some(0)) if matches!(operation.as_bytes()[0], b'/' | b'%') => {
                let fault = FaultKind::Arithmetic {
                    operation,
                    operands: (None, 0),
                    why: BY_ZERO,
                };
                self.trace.fault_at(fault, a.at);
                None
            }
            _ => None,
        };
        Arg {
            value: Value::Size(self.derived(&[x, y], result)),
            at: a.at,
            given: "",
        }
    }
}
