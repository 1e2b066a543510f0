//! PyTorch's methods of tensors that have another name here.

use super::missing;
use super::operations::{self, Arguments};
use super::{BY_WHAT_IS_COMPUTED, NO_SHAPE, Told, arguments};
use crate::model::names::Names;
use syn::{Expr, ExprMethodCall, parse_quote};

pub const TRANSPOSED: &str = "two axes change places by `x.transpose(1, 2)`; the batch is 0";

/// PyTorch's norm takes `p` first, and of everything where no axis is told.
pub const NORM: &str = "`norm` is the 2-norm, along an axis, `x.norm(1)`, or several, `x.norm([1, 2])`; the 1-norm is `x.abs().sum(1)`";

/// What to write instead of a method of a tensor. Those of layers are the user's to name, as those of sizes and arrays
/// are Rust's.
pub fn told(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    let method = call.method.to_string();
    if names.layer(&call.receiver).is_some() || names.stands_for_open_size(&call.receiver) {
        return None;
    }
    if method.ends_with("_like") && !call.args.is_empty() {
        let message =
            format!("`{method}` gives the shape of the tensor it is called on: `x.{method}()`");
        return Some((call.method.span(), message));
    }
    names.computed_tensor(&call.receiver)?;
    let message = match method.strip_suffix('_') {
        Some(operation) if operation.len() > 1 && method != "where_" => {
            let receiver = operations::rewritten(names, &call.receiver);
            in_place(operation, &receiver, &call.args)
        }
        _ => instead(&method, &call.args)?,
    };
    Some((call.method.span(), message))
}

/// `x.norm(p=2, dim=1, keepdim=True)`: what to write where arguments have names, or a flag says to keep an axis.
pub fn by_names(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    if names.layer(&call.receiver).is_some() || !operations::has_names(&call.args) {
        return None;
    }
    let receiver = operations::rewritten(names, &call.receiver);
    let written = operations::written(&call.method.to_string(), &receiver, &call.args);
    let written = match (written, call.method == "norm") {
        (Some(written), _) => written,
        (None, true) => return Some((call.method.span(), NORM.to_owned())),
        (None, false) => return None,
    };
    let keeps = arguments(&call.args).to_lowercase().ends_with("true");
    let message = match (call.method == "norm", keeps) {
        (true, _) => "`norm` is the 2-norm along an axis, which goes",
        (_, true) => "an axis that is reduced goes, and is put back by `unsqueeze`",
        _ => "arguments in a body have no names",
    };
    let message = format!("{message}: write `{}`", arguments([&written]));
    Some((call.method.span(), message))
}

/// What to write instead of a method that only PyTorch has, or has with other arguments.
pub fn instead(method: &str, given: &Arguments) -> Option<String> {
    let shown = arguments(given);
    let message = match (method, given.len()) {
        ("t" | "swapaxes" | "swapdims" | "movedim", _) => TRANSPOSED,
        ("bmm" | "mm" | "dot", 1) if let Some(matrix) = shown.strip_suffix(".t()") => {
            return Some(format!(
                "the product with a transposed matrix is `x.matmul_transposed({matrix})`"
            ));
        }
        ("bmm" | "mm" | "dot", 1) => {
            return Some(format!("the product of matrices is `x.matmul({shown})`"));
        }
        ("chunk", 2..) => {
            let axis = arguments(given.iter().skip(1));
            return Some(format!(
                "`chunk` takes the axis alone, and makes as many parts as there are names: `let [a, b] = x.chunk({axis});`"
            ));
        }
        ("split" | "unbind" | "tensor_split", _) => {
            "equal parts are `let [a, b] = x.chunk(1);`, other ones slices: `x.slice(1, ..n)`, `x.slice(1, n..)`"
        }
        ("repeat" | "tile" | "repeat_interleave", _) => {
            "arithmetic repeats an axis of size 1 by itself, as in PyTorch; `x.expand([…])` does it alone, and `cat([x, x], 1)` repeats others"
        }
        ("pow", 1) => {
            let power = operations::power(&parse_quote!(x), given.first()?);
            return Some(format!("a power is `{}`", arguments([&power])));
        }
        ("contiguous" | "clone" | "to" | "cuda" | "cpu" | "float" | "double", _) => {
            "tensors are values of the network's own type, in memory as they have to be: leave it out"
        }
        ("gt" | "lt" | "ge" | "le" | "eq" | "ne" | "masked_fill" | "where_", _) => {
            BY_WHAT_IS_COMPUTED
        }
        ("mean", 0) => "the mean of everything is `x.mean_all()`, that along an axis `x.mean(1)`",
        ("sum", 0) => "the sum of everything is `x.sum_all()`, that along an axis `x.sum(1)`",
        ("max" | "min", 0) => "along an axis it is `x.amax(1)` and `x.amin(1)`",
        ("size", 0) => NO_SHAPE,
        ("squeeze", 0) => {
            "the axis is told, one at a time: `x.squeeze(1)`; the batch is 0, and all others are joined by `x.flatten()`"
        }
        ("flatten", 1) if shown == "1" => "samples are flattened by `x.flatten()`: the batch stays",
        ("flatten", 1) => {
            return Some(format!(
                "these axes are joined by `x.flatten_axes({shown}, -1)`"
            ));
        }
        ("flatten", 2) => {
            return Some(format!(
                "these axes are joined by `x.flatten_axes({shown})`"
            ));
        }
        ("norm", 0) => NORM,
        _ => return missing::instead(method, given),
    };
    Some(message.to_owned())
}

/// What to write instead of `y.mul_(2.0)`.
fn in_place(operation: &str, tensor: &Expr, given: &Arguments) -> String {
    let x = operations::receiver(tensor);
    let other = given.first().filter(|_| given.len() == 1);
    let sign = match operation {
        "add" => Some('+'),
        "sub" => Some('-'),
        "mul" => Some('*'),
        "div" => Some('/'),
        _ => None,
    };
    let written = match (sign, other) {
        (Some(sign), Some(Expr::Assign(_))) | (Some(sign), None) => {
            format!("{} {sign} …", arguments([&x]))
        }
        (Some(sign), Some(other)) => {
            let other = match operations::fraction(other) {
                number @ Expr::Lit(_) => number,
                other => operations::receiver(&other),
            };
            format!("{} {sign} {}", arguments([&x]), arguments([&other]))
        }
        (None, _) => match operations::written(operation, tensor, given) {
            Some(call) => arguments([&call]),
            None => return "no operation changes its tensor".to_owned(),
        },
    };
    match tensor {
        Expr::Path(_) => format!(
            "no operation changes its tensor: `{0} = {written}`",
            arguments([tensor])
        ),
        _ => format!("no operation changes its tensor: `{written}`"),
    }
}
