//! Functions of single elements, arithmetic with broadcasting, products.

use super::Tensor;
use super::window::spatial_name;
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::domain::Domain;
use crate::engine::kernel::random::Law;
use crate::engine::kernel::unary::Unary;
use crate::graph::op::Op;
use crate::graph::trace::NONE;
use crate::shape::{Axis, Dim, FaultKind, MAX_RANK, Role, SAME_SIZE, Shape, rule};

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident => $function:expr;)*) => {
        impl<'t> Tensor<'t> {$(
            $(#[$doc])*
            #[track_caller]
            pub const fn $name(self) -> Self {
                self.pass();
                self.map($function)
            }
        )*}
    };
}

unary! {
    /// max(x, 0).
    relu => Unary::Relu;
    /// min(max(x, 0), 6).
    relu6 => Unary::Relu6;
    /// x · Φ(x), exact: `torch.nn.GELU`.
    gelu => Unary::Gelu;
    /// x · σ(x): `torch.nn.SiLU`, or swish.
    silu => Unary::Silu;
    /// x · tanh(softplus(x)).
    mish => Unary::Mish;
    /// Scaled exponential linear unit: `torch.nn.SELU`.
    selu => Unary::Selu;
    /// 1 / (1 + e⁻ˣ).
    sigmoid => Unary::Sigmoid;
    /// ln σ(x).
    log_sigmoid => Unary::LogSigmoid;
    /// Hyperbolic tangent.
    tanh => Unary::Tanh;
    /// ln(1 + eˣ).
    softplus => Unary::Softplus { beta: 1.0, threshold: 20.0 };
    /// x / (1 + |x|).
    softsign => Unary::Softsign;
    /// Piecewise linear sigmoid: `torch.nn.Hardsigmoid`.
    hardsigmoid => Unary::Hardsigmoid;
    /// x · hardsigmoid(x).
    hardswish => Unary::Hardswish;
    /// eˣ.
    exp => Unary::Exp;
    /// Natural logarithm.
    log => Unary::Log;
    /// Sine of angles in radians.
    sin => Unary::Sin;
    /// Cosine of angles in radians.
    cos => Unary::Cos;
    /// Square root.
    sqrt => Unary::Sqrt;
    /// 1 / √x.
    rsqrt => Unary::Rsqrt;
    /// 1 / x.
    reciprocal => Unary::Recip;
    /// x².
    square => Unary::Square;
    /// |x|.
    abs => Unary::Abs;
    /// −1, 0 or 1.
    sign => Unary::Sign;
    /// −x.
    neg => Unary::Neg;
}

impl<'t> Tensor<'t> {
    /// A function of each element.
    pub const fn map(self, function: Unary) -> Self {
        self.record(Op::Unary(function), self.shape)
    }

    /// x where it is positive, `slope` · x elsewhere.
    #[track_caller]
    pub const fn leaky_relu(self, slope: f64) -> Self {
        self.pass();
        self.map(Unary::LeakyRelu(slope))
    }

    /// x where it is positive, `alpha` · (eˣ − 1) elsewhere.
    #[track_caller]
    pub const fn elu(self, alpha: f64) -> Self {
        self.pass();
        self.map(Unary::Elu(alpha))
    }

    /// x, but at least `min` and at most `max`.
    #[track_caller]
    pub const fn clamp(self, min: f64, max: f64) -> Self {
        self.pass();
        self.map(Unary::Clamp { min, max })
    }

    /// xᵖ for a number `power`.
    #[track_caller]
    pub const fn powf(self, power: f64) -> Self {
        self.pass();
        self.map(Unary::Powf(power))
    }

    /// `factor` · x.
    pub const fn scale(self, factor: f64) -> Self {
        self.map(Unary::Scale(factor))
    }

    /// x + `term`.
    pub const fn shift(self, term: f64) -> Self {
        self.map(Unary::Shift(term))
    }

    /// The same values, through which no gradient flows.
    #[track_caller]
    pub const fn detach(self) -> Self {
        self.pass();
        self.record(Op::Detach, self.shape)
    }

    /// The same values; a run in which one of them is not in a domain ends with an error.
    pub(crate) const fn within(self, domain: &'static Domain) -> Self {
        self.record(Op::Within(domain), self.shape)
    }

    /// In training, each element is 0 with probability `p` and x / (1 − p) otherwise; in evaluation, x.
    #[track_caller]
    pub const fn dropout(self, p: f64) -> Self {
        self.pass();
        // Written so that NaN fails it.
        if !(p >= 0.0 && p <= 1.0) {
            self.trace().fault(FaultKind::Option {
                operation: "dropout",
                name: "p",
                wanted: "a probability from 0 to 1",
                given: None,
            });
            return self;
        }
        if !self.trace().training() || p == 0.0 {
            return self;
        }
        let mask = self.trace().random(Law::Mask { p }, self.shape);
        self.pair(mask, Binary::Mul, "dropout")
    }

    /// A constant that takes part in arithmetic with this tensor.
    pub const fn constant(self, value: f64) -> Self {
        self.trace()
            .push(Op::Constant(value), &[], Shape::new(&[], false))
    }

    // ---- Pairs -----------------------------------------------------------------------------------

    /// x + y, broadcast.
    #[track_caller]
    pub const fn add(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Add, "+")
    }

    /// x − y, broadcast.
    #[track_caller]
    pub const fn sub(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Sub, "-")
    }

    /// x · y, element by element, broadcast.
    #[track_caller]
    pub const fn mul(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Mul, "*")
    }

    /// x / y, broadcast.
    #[track_caller]
    pub const fn div(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Div, "/")
    }

    /// The greater of x and y, broadcast.
    #[track_caller]
    pub const fn maximum(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Max, "maximum")
    }

    /// The lesser of x and y, broadcast.
    #[track_caller]
    pub const fn minimum(self, other: Self) -> Self {
        self.pass();
        self.pair(other, Binary::Min, "minimum")
    }

    /// A function of each pair of elements, broadcast; `name` is what a mistake calls it.
    pub const fn pair(self, other: Self, function: Binary, name: &'static str) -> Self {
        let (a, b) = (self.lifted(other), other.lifted(self));
        let shape = a.broadcast(b, name);
        a.record_with(Op::Binary(function), b, shape)
    }

    /// This tensor with axes of size 1 between its batch and its samples, so that samples align
    /// with those of `other`.
    const fn lifted(self, other: Self) -> Self {
        let (mine, theirs) = (self.shape, other.shape);
        if !mine.batched || mine.open || theirs.open {
            return self;
        }
        let (own, wanted) = (mine.rank() - 1, theirs.rank() - theirs.batch_axes());
        if wanted <= own || wanted + 1 > MAX_RANK {
            return self;
        }
        let (mut shape, mut i) = (Shape::new(&[mine.axis(0)], true), own);
        while i < wanted {
            shape = shape.with_last(Axis::new(Dim::Known(1)));
            i += 1;
        }
        let mut i = 1;
        while i < mine.rank() {
            shape = shape.with_last(mine.axis(i));
            i += 1;
        }
        self.record(Op::Reshape, shape)
    }

    /// The shape two tensors are broadcast to (NumPy's rule). A size that is unknown is taken to
    /// equal the other one, if nothing else fixes it.
    const fn broadcast(self, other: Self, operation: &'static str) -> Shape {
        let (a, b) = (self.shape, other.shape);
        let mut result = longer(&a, &b);
        let rank = result.rank();
        // The batch of one is that of the other.
        let paired = rank - ((a.open || b.open) && !result.open) as usize;
        // Of an image whose sizes differ it is the channels that are told: the others may differ for the same layer.
        let (mut last, mut told) = (paired, false);
        while last > 0 {
            let axis = match (from_last(&a, last), from_last(&b, last)) {
                (Some(left), Some(right)) => match self.broadcast_axis(left, right) {
                    Some(axis) => axis,
                    None => {
                        let number = match result.open {
                            true => -(last as i64),
                            false => (rank - last) as i64,
                        };
                        if !told {
                            let number = (number, meaning(&a, &b, last));
                            self.operands(operation, number, left, right, SAME_SIZE);
                        }
                        told = true;
                        left.unknown()
                    }
                },
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => UNSEEN,
            };
            result = result.with_axis(rank - last, axis);
            last -= 1;
        }
        result.batched = a.batched || b.batched;
        result
    }

    /// The axis two axes are broadcast to, if they can be.
    const fn broadcast_axis(self, left: Axis, right: Axis) -> Option<Axis> {
        let trace = self.trace();
        // What a mistake has left unknown stays so: it is told once.
        if is_lost(&left) || is_lost(&right) {
            return Some(left.unknown());
        }
        match (trace.value(left.dim), trace.value(right.dim)) {
            (Some(one), Some(two)) => match rule::broadcast(one, two) {
                Some(_) if one == 1 && two != 1 => Some(right),
                Some(_) => Some(left),
                None => None,
            },
            (Some(1), None) => Some(right),
            (None, Some(1)) => Some(left),
            (one, two) => {
                // What is not seen yet will tell the other one.
                if left.dim.is_untracked() || right.dim.is_untracked() {
                    trace.follow_something(left.dim);
                    trace.follow_something(right.dim);
                }
                if trace.may_assume() {
                    trace.unify(left.dim, right.dim);
                }
                let told = one.is_some() || two.is_none() && !left.dim.is_untracked();
                Some(if told { left } else { right })
            }
        }
    }

    // ---- Products --------------------------------------------------------------------------------

    /// The matrix product over the last two axes; of leading ones each agrees or is 1, or one side has none. What has no
    /// batch, such as a [`Parameter`](crate::layer::Parameter), serves all samples.
    #[track_caller]
    pub const fn matmul(self, other: Self) -> Self {
        self.pass();
        self.product(other, false, false)
    }

    /// x·yᵀ over the last two axes.
    #[track_caller]
    pub const fn matmul_transposed(self, other: Self) -> Self {
        self.pass();
        self.product(other, false, true)
    }

    const fn product(self, other: Self, transpose_a: bool, transpose_b: bool) -> Self {
        let (trace, a, b) = (self.trace(), self.shape, other.shape);
        let op = Op::MatMul {
            transpose_a,
            transpose_b,
        };
        if a.open || b.open {
            let shape = self.product_of_open(other, transpose_b);
            return self.record_with(op, other, shape);
        }
        // As many matrices as a sample has serve all samples, as a single one does.
        if !b.batched && b.rank() > 2 && a.batched && a.rank() == b.rank() + 1 {
            return self.product(other.of_each_sample(self), transpose_a, transpose_b);
        }
        if !a.batched && a.rank() > 2 && b.batched && b.rank() == a.rank() + 1 {
            return self
                .of_each_sample(other)
                .product(other, transpose_a, transpose_b);
        }
        if mixes_samples(&a, &b) {
            trace.fault(FaultKind::NoMatrices {
                operation: if transpose_b {
                    "matmul_transposed"
                } else {
                    "matmul"
                },
                left: trace.sample(&a),
                right: trace.sample(&b),
            });
            return self.record_with(op, other, Shape::unknown(a.batched || b.batched));
        }
        let (last, inner) = (b.rank() - 1, b.rank() - 2);
        let (k, n) = if transpose_b {
            (b.axis(last), b.axis(inner))
        } else {
            (b.axis(inner), b.axis(last))
        };
        let mine = a.axis(a.rank() - 1);
        let agreed = trace.unify(mine.dim, k.dim);
        if !agreed {
            let help = match (trace.are_equal(mine.dim, n.dim), transpose_b) {
                (true, true) => {
                    "here `matmul` fits, which does not exchange the last two axes of the right side"
                }
                (true, false) => {
                    "`matmul_transposed` exchanges the last two axes of the right side, so that it fits"
                }
                (false, _) => SAME_SIZE,
            };
            self.operands("matmul", ((a.rank() - 1) as i64, ""), mine, k, help);
        }
        let n = if agreed { n } else { n.unknown() };
        // A matrix without leading axes serves all of the other side's.
        let mut shape = if a.rank() >= b.rank() { a } else { b };
        if a.rank() >= b.rank() {
            shape = shape.with_axis(a.rank() - 1, n);
        } else {
            shape = shape
                .with_axis(b.rank() - 2, a.axis(a.rank() - 2))
                .with_axis(b.rank() - 1, n);
        }
        shape.batched = a.batched || b.batched;
        let (mut left, mut right) = (a, b);
        if a.rank() > 2 && b.rank() > 2 {
            if a.rank() != b.rank() {
                trace.fault(FaultKind::Rank {
                    wanted: "for `matmul` as many leading axes on the right",
                    found: trace.sample(&b),
                    origin: trace.origin(n),
                    help: "`reshape` one side",
                });
                return self.record_with(op, other, Shape::unknown(a.batched || b.batched));
            }
            let mut i = 0;
            while i < a.rank() - 2 {
                let (mine, theirs) = (a.axis(i), b.axis(i));
                match (trace.value(mine.dim), trace.value(theirs.dim)) {
                    (Some(1), Some(1)) => {}
                    (Some(1), _) => {
                        left = left.with_axis(i, theirs);
                        shape = shape.with_axis(i, theirs);
                    }
                    (_, Some(1)) => right = right.with_axis(i, mine),
                    _ if trace.unify(mine.dim, theirs.dim) => {}
                    _ => {
                        self.operands("matmul", (i as i64, ""), mine, theirs, SAME_SIZE);
                        shape = shape.with_axis(i, mine.unknown());
                    }
                }
                i += 1;
            }
        }
        let (left, right) = (self.stretched(left), other.stretched(right));
        left.record_with(op, right, shape)
    }

    /// Repeated along axes of size 1 to a shape of as many axes.
    const fn stretched(self, shape: Shape) -> Self {
        let mut i = 0;
        while i < shape.rank() {
            if !self
                .trace()
                .are_equal(self.shape.axis(i).dim, shape.axis(i).dim)
            {
                return self.record(Op::Broadcast, shape);
            }
            i += 1;
        }
        self
    }

    /// The shape of a product where it is not known how many axes there are: the last one is that of the matrices on the
    /// right, and nothing in the product tells how long it is.
    const fn product_of_open(self, other: Self, transposed: bool) -> Shape {
        let (trace, a, b) = (self.trace(), self.shape, other.shape);
        let batched = a.batched || b.batched;
        if b.open || b.rank() < 2 + b.batch_axes() {
            trace.follow_something_of(&a);
            trace.follow_something_of(&b);
            return Shape::unknown(batched);
        }
        let (last, inner) = (b.rank() - 1, b.rank() - 2);
        let (k, n) = if transposed {
            (b.axis(last), b.axis(inner))
        } else {
            (b.axis(inner), b.axis(last))
        };
        let mine = match from_last(&a, 1) {
            Some(mine) => mine,
            None => UNSEEN,
        };
        let agreed = trace.unify(mine.dim, k.dim);
        if !agreed {
            self.operands("matmul", (-1, ""), mine, k, SAME_SIZE);
        }
        let n = if agreed { n } else { n.unknown() };
        // A matrix without leading axes serves all of the other side's.
        if inner == 0 {
            return with_columns(a, n);
        }
        trace.follow_something_but(1, &a);
        trace.follow_something_but(2, &b);
        Shape::unknown(batched).with_last(n)
    }

    /// x·weightᵀ + bias over the last axis: the product of `torch.nn.Linear`. The last axis of x is
    /// taken to be as long as the weight's.
    pub const fn linear(self, weight: Self, bias: Option<Self>) -> Self {
        let out = weight.shape.axis(0);
        let out = Axis {
            dim: out.dim,
            role: Role::Any,
            from: self.trace().current(),
        };
        let shape = with_columns(self.shape, out);
        match bias {
            Some(bias) => self.trace().push(
                Op::Linear,
                &[self.node(), weight.node(), bias.node()],
                shape,
            ),
            None => self.record_with(Op::Linear, weight, shape),
        }
    }

    /// Reports two sizes that should be equal, along an axis of this number and meaning.
    pub(super) const fn operands(
        self,
        operation: &'static str,
        (axis, what): (i64, &'static str),
        left: Axis,
        right: Axis,
        help: &'static str,
    ) {
        let trace = self.trace();
        let (left_size, right_size) = trace.amounts(left.dim, right.dim);
        trace.fault(FaultKind::Operands {
            operation,
            axis,
            what,
            left: left_size,
            left_origin: trace.origin(left),
            right: right_size,
            right_origin: trace.origin(right),
            help,
        });
    }
}

/// A shape with another last axis, be that one known to be there or not.
const fn with_columns(shape: Shape, columns: Axis) -> Shape {
    match shape.rank() {
        0 => shape.with_last(columns),
        rank => shape.with_axis(rank - 1, columns),
    }
}

/// The axes that two tensors have together: all of the one that has more; only the last ones, where nobody knows how
/// many there are. What has a batch is taken to have as many as what is broadcast with it, unless that has more.
const fn longer(a: &Shape, b: &Shape) -> Shape {
    match (a.open, b.open) {
        (false, false) if a.rank() >= b.rank() => *a,
        (false, false) => *b,
        (true, false) if b.batched && a.rank() < b.rank() => *b,
        (false, true) if a.batched && b.rank() < a.rank() => *a,
        _ => {
            let (mut shape, mut i) = (Shape::unknown(true), 0);
            while i < if samples(a) > samples(b) {
                samples(a)
            } else {
                samples(b)
            } {
                shape = shape.with_last(Axis::ANY);
                i += 1;
            }
            shape
        }
    }
}

/// What an axis by its place from the last means, if either shape tells: `channels`, `height`.
pub(super) const fn meaning(a: &Shape, b: &Shape, place: usize) -> &'static str {
    let own = own_meaning(a, place);
    if own.is_empty() {
        own_meaning(b, place)
    } else {
        own
    }
}

const fn own_meaning(shape: &Shape, place: usize) -> &'static str {
    let mut spaces = 0;
    while let Some(axis) = from_last(shape, spaces + 1)
        && matches!(axis.role, Role::Space)
    {
        spaces += 1;
    }
    match from_last(shape, place) {
        _ if spaces == 0 || spaces > 3 => "",
        Some(_) if place <= spaces => spatial_name(spaces, spaces - place),
        Some(axis) if place == spaces + 1 && matches!(axis.role, Role::Channel) => "channels",
        _ => "",
    }
}

/// An axis that may be there, or not.
const UNSEEN: Axis = Axis {
    from: NONE,
    ..Axis::ANY
};

/// Whether an axis is there, and a mistake has lost its size.
const fn is_lost(axis: &Axis) -> bool {
    axis.dim.is_untracked() && axis.from != NONE
}

/// How many axes of a sample are known to be there.
const fn samples(shape: &Shape) -> usize {
    if shape.open {
        shape.rank()
    } else {
        shape.rank() - shape.batch_axes()
    }
}

/// An axis by its place from the last, which is 1; `None` where there is none.
const fn from_last(shape: &Shape, place: usize) -> Option<Axis> {
    if place <= shape.rank() {
        Some(shape.axis(shape.rank() - place))
    } else if shape.open {
        Some(UNSEEN)
    } else {
        None
    }
}

/// Whether a product of these needs the axis of the batch for a matrix's, or is one of tensors without
/// matrices. A sample may be a row: of a batch of rows and one matrix the product is one of rows.
const fn mixes_samples(a: &Shape, b: &Shape) -> bool {
    let rows = a.batched && a.rank() == 2 && !b.batched && b.rank() == 2;
    let matrices = a.rank() >= 2 + a.batch_axes() && b.rank() >= 2 + b.batch_axes();
    // The batch goes with nothing but a batch, or with what serves all samples.
    let together = a.batched == b.batched || (if a.batched { b.rank() } else { a.rank() }) == 2;
    !(rows || matrices && together)
}

/// a where `condition` is not 0, b elsewhere; all are broadcast.
#[track_caller]
pub const fn select<'t>(condition: Tensor<'t>, a: Tensor<'t>, b: Tensor<'t>) -> Tensor<'t> {
    condition.pass();
    let shape = a.broadcast(b, "select");
    let both = a.reshaped_as(shape);
    let (condition, shape) = (
        condition.lifted(both),
        condition.lifted(both).broadcast(both, "select"),
    );
    condition
        .trace()
        .push(Op::Select, &[condition.node(), a.node(), b.node()], shape)
}
