//! Python's ways of writing, told with Rust's.

mod functions;
mod lists;
mod loops;
mod methods;
mod missing;
pub mod parts;

use crate::model::is_arithmetic;
use crate::model::names::{Computed, Names};
use crate::syntax::shown;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprField, ExprIndex, ExprLit, Ident, Lit, Member, UnOp};

/// Where something is told, and what to write instead.
type Told = (Span, String);

const BY_WHAT_IS_COMPUTED: &str = "a body cannot go by what a tensor holds, which nobody knows yet\n\
    help: `select(condition, a, b)` takes `a` where the condition is not 0; `x.relu().sign()` is 1 where `x > 0`, and 0 elsewhere";
const NO_SHAPE: &str = "a size is asked for by its axis, `x.size(1)`, or has a name, `t` where the signature says `x: [t, _]`; the batch is not written";

/// What to write instead of an expression, and where that is told.
pub fn told(names: &Names, expression: &Expr) -> Option<Told> {
    match expression {
        Expr::MethodCall(call) => functions::of_module(names, call)
            .or_else(|| functions::joined_by_method(names, call))
            .or_else(|| lists::of_numbers(names, call))
            .or_else(|| lists::of_one(names, call))
            .or_else(|| lists::empty(&call.args))
            .or_else(|| methods::told(names, call)),
        Expr::Call(call) => functions::told(names, call).or_else(|| lists::empty(&call.args)),
        Expr::Binary(binary) => operator(names, binary),
        Expr::Field(field) => of_field(names, field),
        Expr::Index(index) => element(names, index),
        Expr::ForLoop(for_loop) => loops::told(names, &for_loop.expr, &for_loop.pat),
        _ => None,
    }
}

/// `x ** 2`, `x / x.size(1)`, `x > 0`
fn operator(names: &Names, binary: &ExprBinary) -> Option<Told> {
    use BinOp::{Eq, Ge, Gt, Le, Lt, Mul, Ne};
    match (&binary.op, &*binary.right) {
        (Mul(star), Expr::Unary(power)) if matches!(power.op, UnOp::Deref(_)) => {
            let message = "Rust has no `**`: write `x.square()`, or `x.powf(3.0)`";
            Some((star.span(), message.to_owned()))
        }
        (Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_), right) => {
            let computed = names.computed_tensor(&binary.left);
            computed.or_else(|| names.computed_tensor(right))?;
            Some((binary.op.span(), BY_WHAT_IS_COMPUTED.to_owned()))
        }
        (op, right) if is_arithmetic(op) => size_of_axis(names, &binary.left)
            .or_else(|| size_of_axis(names, right))
            .or_else(|| fraction(binary)),
        _ => None,
    }
}

/// `1 / 2`
fn fraction(quotient: &ExprBinary) -> Option<Told> {
    let (left, right) = (integer(&quotient.left)?, integer(&quotient.right)?);
    (matches!(quotient.op, BinOp::Div(_)) && right > 0 && left % right > 0).then(|| {
        let message = format!(
            "`{left} / {right}` is {} in Rust, which divides whole numbers so: write `{left}.0 / {right}.0`",
            left / right
        );
        (quotient.left.span(), message)
    })
}

fn integer(expression: &Expr) -> Option<u64> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        _ => None,
    }
}

/// `x / x.size(1)`, `x / t` after `let t = x.size(1);`
fn size_of_axis(names: &Names, operand: &Expr) -> Option<Told> {
    let is_asked =
        matches!(operand, Expr::MethodCall(call) if call.method == "size" && call.args.len() == 1);
    if !is_asked && names.computed(operand) != Some(Computed::Size) {
        return None;
    }
    let place = match operand {
        Expr::MethodCall(call) => call.method.span(),
        _ => operand.span(),
    };
    let message =
        "sizes are computed with by their names in the signature: `x / n` where it says `x: [n]`";
    Some((place, message.to_owned()))
}

/// `self.d`, `x.shape`, `x.T`, `wte.weight`
fn of_field(names: &Names, field: &ExprField) -> Option<Told> {
    let Member::Named(name) = &field.member else {
        return None;
    };
    if let Expr::Path(owner) = &*field.base
        && owner.path.is_ident("self")
    {
        let message =
            format!("a body has no `self`: layers and sizes are named as they are, `{name}`");
        return Some((owner.span(), message));
    }
    if names.layer(&field.base).is_some() {
        return Some((name.span(), shared(&shown(field), name)));
    }
    names.computed_tensor(&field.base)?;
    let message = match name.to_string().as_str() {
        "shape" => NO_SHAPE,
        "T" | "mT" => methods::TRANSPOSED,
        _ => return None,
    };
    Some((name.span(), message.to_owned()))
}

/// How to use a layer's parameter elsewhere.
fn shared(parameter: &str, name: &Ident) -> String {
    let alone =
        |sizes| format!("`shared: Parameter<{sizes}>(value = {parameter})`, which is `shared()`");
    let written = match name.to_string().as_str() {
        "weight" => format!(
            "`head: Linear<_, _>(weight = {parameter}, bias = false)`, called as `head(x)`; by itself it is {}",
            alone("[_, _]")
        ),
        _ => alone("[_]"),
    };
    format!("a layer's parameter is shared in the struct: {written}")
}

/// `y[-1]`, or `x[0]` of a tensor.
fn element(names: &Names, index: &ExprIndex) -> Option<Told> {
    if let Expr::Field(field) = &*index.expr
        && let Some(told) = of_field(names, field)
    {
        return Some(told);
    }
    let is_negative = matches!(&*index.index, Expr::Unary(number)
        if matches!(number.op, UnOp::Neg(_)) && matches!(*number.expr, Expr::Lit(_)));
    let is_tensor = names.computed(&index.expr) == Some(Computed::Tensor);
    if !is_tensor && (!is_negative || names.layer(&index.expr).is_some()) {
        return None;
    }
    let (tensor, number) = (shown(&index.expr), arguments([&*index.index]));
    let message = format!(
        "a part of a tensor is taken along an axis, of which the batch is 0: `{tensor}.select_index(1, {number})`"
    );
    Some((index.index.span(), message))
}

pub use functions::operation;

/// Whether something is a name of Python's, and none of the body's own.
fn is_free(names: &Names, name: &Ident) -> bool {
    !names.is_bound(&name.clone().into())
}

/// Arguments as they are written, without names.
pub fn arguments<'a>(values: impl IntoIterator<Item = &'a Expr>) -> String {
    let values = values.into_iter().map(|value| match value {
        Expr::Assign(named) => shown(&named.right),
        _ => shown(value),
    });
    values.collect::<Vec<_>>().join(", ").replace("- ", "-")
}
