//! Lists of sizes and axes, where PyTorch takes any number of arguments, and numbers, where it takes lists.

use super::{Told, arguments};
use crate::model::names::{Form, Names};
use crate::syntax::shown;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Lit, Member, UnOp};

/// Methods that take a list of sizes or axes, where PyTorch takes any number of arguments.
const OF_LISTS: [&str; 10] = [
    "view",
    "reshape",
    "expand",
    "permute",
    "flip",
    "mean",
    "sum",
    "amax",
    "amin",
    "logsumexp",
];

/// Methods that take one number, where PyTorch takes a list of equal ones as well.
const OF_ONE: [&str; 7] = [
    "max_pool2d",
    "avg_pool2d",
    "adaptive_avg_pool2d",
    "softmax",
    "log_softmax",
    "squeeze",
    "unsqueeze",
];

/// `x.view(-1, 10)`, `x.mean(2, 3)`
pub fn of_numbers(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    let takes_list = OF_LISTS.iter().any(|name| call.method == name);
    if !takes_list || names.layer(&call.receiver).is_some() {
        return None;
    }
    if let (Expr::Array(list), true) = (call.args.first()?, call.method == "view") {
        let sizes: Vec<_> = list.elems.iter().collect();
        let message = format!(
            "there is no `view`: `x.reshape([{}])` copies nothing either",
            sizes_shown(&sizes)
        );
        return Some((call.method.span(), message));
    }
    if let Expr::Array(list) = call.args.first()?
        && let Some(batch) = (list.elems.iter()).find(|size| is_size_of(size, "0"))
    {
        let others = list.elems.iter().filter(|size| !is_size_of(size, "0"));
        let others = sizes_shown(&others.collect::<Vec<_>>());
        let message = format!("the batch is not written: `x.{}([{others}])`", call.method);
        return Some((batch.span(), message));
    }
    let given: Vec<&Expr> = match (call.args.first()?, call.args.len()) {
        (Expr::Tuple(list), 1) => list.elems.iter().collect(),
        _ => call.args.iter().collect(),
    };
    // One number is an axis, where a method takes one; one name may be a list.
    let is_alone = call.method == "expand" || call.method == "permute";
    let are_several = given.len() >= 2 || is_alone && !matches!(given[..], [Expr::Path(_)]);
    match call.method == "view" || call.method == "reshape" {
        true => reshape(names, call, &given),
        false if are_several && given.iter().all(|number| is_number(number)) => {
            let message = format!(
                "sizes and axes stand in a list: `x.{}([{}])`",
                call.method,
                arguments(given)
            );
            Some((call.method.span(), message))
        }
        false => None,
    }
}

/// `x.view(x.size(0), -1)`, `x.reshape(t, 2, -1)`
fn reshape(names: &Names, call: &ExprMethodCall, given: &[&Expr]) -> Option<Told> {
    let has_size = |value: &&Expr| is_number(value) || size_of(value).is_some();
    let is_told = match (given, call.args.first()?) {
        ([_], Expr::Tuple(_)) => true,
        // What has another name than a size may be a list of the user's own.
        ([name @ Expr::Path(_)], _) => call.method == "view" || names.stands_for_open_size(name),
        ([only], _) => has_size(only),
        _ => given.iter().any(has_size),
    };
    if !is_told
        || given
            .iter()
            .any(|value| matches!(value, Expr::Reference(_) | Expr::Array(_)))
    {
        return None;
    }
    let own = match given {
        [first, rest @ ..] if !rest.is_empty() && is_batch(names, first) => rest,
        _ => given,
    };
    let message = format!(
        "sizes and axes stand in a list: `x.reshape([{}])`; the batch is not written",
        sizes_shown(own)
    );
    Some((call.method.span(), message))
}

/// The sizes of `(-1, 8)` and `(x.size(0), 8)` as they stand in a list, without the batch.
pub fn of_a_sample(sizes: &[&Expr]) -> String {
    match sizes {
        [first, rest @ ..]
            if !rest.is_empty() && (is_negative(first) || is_size_of(first, "0")) =>
        {
            sizes_shown(rest)
        }
        sizes => sizes_shown(sizes),
    }
}

/// Sizes as they stand in a list.
fn sizes_shown(sizes: &[&Expr]) -> String {
    let written = sizes.iter().map(|size| match size {
        Expr::Infer(_) => "_".to_owned(),
        size if is_negative(size) => "_".to_owned(),
        Expr::Index(of_shape) => match size_of(size) {
            Some((tensor, axis)) => format!("{tensor}.size({axis})"),
            None => shown(of_shape),
        },
        size => shown(size),
    });
    written.collect::<Vec<_>>().join(", ")
}

/// The batch, which is not written: `-1` or `x.size(0)` in the first place, or what is named so.
fn is_batch(names: &Names, first: &Expr) -> bool {
    let by_name = ["b", "bs", "batch", "batch_size", "B", "N"];
    match first {
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
            by_name.iter().any(|batch| name == batch) && !names.is_open_size(name)
        }),
        _ => is_negative(first) || is_size_of(first, "0"),
    }
}

fn is_size_of(value: &Expr, axis: &str) -> bool {
    size_of(value).is_some_and(|(_, asked)| asked == axis)
}

/// The tensor and the axis of `x.size(1)`, `x.shape[1]`, `x.size()[1]`.
pub fn size_of(value: &Expr) -> Option<(String, String)> {
    match value {
        Expr::MethodCall(call) if call.method == "size" => {
            Some((shown(&call.receiver), shown(call.args.first()?)))
        }
        Expr::Index(index) => {
            let tensor = match &*index.expr {
                Expr::Field(field) if matches!(&field.member, Member::Named(name) if name == "shape") => {
                    &field.base
                }
                Expr::MethodCall(call) if call.method == "size" || call.method == "shape" => {
                    &call.receiver
                }
                _ => return None,
            };
            Some((shown(tensor), shown(&index.index)))
        }
        _ => None,
    }
}

/// `x.max_pool2d([2, 2])`, `x.softmax([1])`
pub fn of_one(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    let takes_one = OF_ONE.iter().any(|name| call.method == name);
    let is_layer = matches!(names.layer(&call.receiver), Some((_, Form::Single)));
    if !takes_one || is_layer {
        return None;
    }
    let list = match call.args.first()? {
        Expr::Array(list) => &list.elems,
        Expr::Tuple(list) => &list.elems,
        _ => return None,
    };
    let (method, first) = (&call.method, list.first()?);
    let are_equal = list.iter().all(|number| shown(number) == shown(first));
    let message = match are_equal {
        true => format!(
            "`{method}` takes one number: `x.{method}({})`",
            arguments([first])
        ),
        false => format!(
            "`{method}` takes one number; with others it is a layer, declared in the struct"
        ),
    };
    Some((method.span(), message))
}

/// `x.flip([])`
pub fn empty<'a>(arguments: impl IntoIterator<Item = &'a Expr>) -> Option<Told> {
    let is_empty =
        |argument: &&Expr| matches!(argument, Expr::Array(list) if list.elems.is_empty());
    let list = arguments.into_iter().find(is_empty)?;
    let message = "an empty list names nothing: write axes or sizes, or leave the call out";
    Some((list.span(), message.to_owned()))
}

/// A number or a name, as it may stand for a size or an axis.
fn is_number(argument: &Expr) -> bool {
    match argument {
        Expr::Lit(literal) => matches!(literal.lit, Lit::Int(_)),
        Expr::Unary(negative) => matches!(negative.op, UnOp::Neg(_)) && is_number(&negative.expr),
        Expr::Path(_) | Expr::Infer(_) => true,
        _ => false,
    }
}

fn is_negative(value: &Expr) -> bool {
    matches!(value, Expr::Unary(_)) && is_number(value)
}
