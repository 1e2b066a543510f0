//! Python's ways of writing, told with Rust's.

mod functions;
mod given;
mod layers;
mod lists;
mod loops;
mod methods;
mod missing;
mod operations;
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
        Expr::MethodCall(call) => functions::of_module(names, expression)
            .or_else(|| functions::joined_by_method(names, call))
            .or_else(|| methods::by_names(names, call))
            .or_else(|| lists::of_numbers(names, call))
            .or_else(|| lists::of_one(names, call))
            .or_else(|| lists::empty(&call.args))
            .or_else(|| methods::told(names, call)),
        Expr::Call(call) => functions::of_module(names, expression)
            .or_else(|| functions::told(names, call))
            .or_else(|| lists::empty(&call.args)),
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
        (Mul(star), Expr::Unary(exponent)) if matches!(exponent.op, UnOp::Deref(_)) => {
            let base = last_factor(&binary.left);
            let is_factor = matches!(*binary.left, Expr::Binary(_));
            let written = power(names, base, &exponent.expr, is_factor);
            Some((star.span(), format!("Rust has no `**`: write {written}")))
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

/// What stands right before a sign that binds as `*` does: `y` of `x * -y`.
fn last_factor(left: &Expr) -> &Expr {
    match left {
        Expr::Binary(product) => last_factor(&product.right),
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => last_factor(&negative.expr),
        factor => factor,
    }
}

/// What to write for a power of a tensor, or of a size, which has a root and no more.
/// Something may stand before it that it is a factor of.
fn power(names: &Names, base: &Expr, exponent: &Expr, is_factor: bool) -> String {
    let is_size = matches!(base, Expr::Path(path) if path.path.get_ident().is_some_and(|name| names.is_size_or_constant(name)));
    let size = arguments([base]);
    let power = match arguments([exponent]).as_str() {
        "0.5" if is_size => format!("{size}.sqrt()"),
        "-0.5" if is_size => format!("1.0 / {size}.sqrt()"),
        "2" | "2.0" if is_size => format!("{size} * {size}"),
        "-1" | "-1.0" if is_size => format!("1.0 / {size}"),
        _ if is_size => {
            return "it as products and `.sqrt()`, which are what sizes have".to_owned();
        }
        _ => arguments([&operations::power(
            &operations::rewritten(names, base),
            exponent,
        )]),
    };
    match is_factor && power.contains(' ') && is_size {
        true => format!("`({power})`"),
        false => format!("`{power}`"),
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

/// `x / x.size(1)`, `x / x.shape[1]`, `x / t` after `let t = x.size(1);`
fn size_of_axis(names: &Names, operand: &Expr) -> Option<Told> {
    if !is_size_of_axis(names, operand) {
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

/// Whether a size is asked of a tensor, which is told of arithmetic with it.
pub fn is_size_of_axis(names: &Names, operand: &Expr) -> bool {
    lists::size_of(operand).is_some() || names.computed(operand) == Some(Computed::Size)
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
    if let Some(told) = extreme(names, index) {
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

/// `x.max(dim=1)[0]`, the values beside which PyTorch gives positions.
fn extreme(names: &Names, index: &ExprIndex) -> Option<Told> {
    if integer(&index.index) != Some(0) {
        return None;
    }
    let is_extreme = |name: &Ident| name == "max" || name == "min";
    let call = match (functions::of_a_module(names, &index.expr), &*index.expr) {
        (Some(call), _) if is_extreme(call.function) => operations::rewritten(names, &index.expr),
        (None, Expr::MethodCall(call)) if is_extreme(&call.method) => {
            let receiver = operations::rewritten(names, &call.receiver);
            operations::written(&call.method.to_string(), &receiver, &call.args)?
        }
        _ => return None,
    };
    let message = format!("values alone are `{}`", arguments([&call]));
    Some((index.expr.span(), message))
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
    set_apart(&values.collect::<Vec<_>>().join(", "))
}

/// Tokens with the spaces that people write: `x * (y - 1.0)`, and `-1` for the number.
fn set_apart(text: &str) -> String {
    let mut written = String::new();
    for part in text.split_inclusive(' ') {
        written.push_str(part);
        let Some(before) = written.strip_suffix("- ") else {
            continue;
        };
        let last = before.trim_end().chars().next_back();
        let is_operand =
            last.is_some_and(|last| last.is_alphanumeric() || "_)]}\"'".contains(last));
        if !is_operand {
            written.pop();
        }
    }
    for sign in ['*', '/', '+', '-'] {
        written = written.replace(&format!(" {sign}("), &format!(" {sign} ("));
    }
    written
}
