//! PyTorch's methods of tensors that have another name here.

use super::missing::{self, as_fraction};
use super::{BY_WHAT_IS_COMPUTED, NO_SHAPE, Told, arguments};
use crate::model::names::Names;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprMethodCall, Token};

pub const TRANSPOSED: &str = "two axes change places by `x.transpose(1, 2)`; the batch is 0";

/// What to write instead of a method of a tensor. Those of layers are the user's to name, as those of sizes and arrays
/// are Rust's.
pub fn told(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    let method = call.method.to_string();
    let is_size = matches!(&*call.receiver, Expr::Path(path)
        if path.path.get_ident().is_some_and(|name| names.is_open_size(name)));
    if names.layer(&call.receiver).is_some() || is_size {
        return None;
    }
    if method.ends_with("_like") && !call.args.is_empty() {
        let message =
            format!("`{method}` gives the shape of the tensor it is called on: `x.{method}()`");
        return Some((call.method.span(), message));
    }
    names.computed_tensor(&call.receiver)?;
    let message = instead(&method, &call.args)?;
    Some((call.method.span(), message))
}

/// What to write instead of a method that only PyTorch has, or has with other arguments.
pub fn instead(method: &str, given: &Punctuated<Expr, Token![,]>) -> Option<String> {
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
            return Some(format!(
                "a power is `x.square()`, or `x.powf({})`",
                as_fraction(&shown)
            ));
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
        ("squeeze", 0) => "the axis is told: `x.squeeze(1)`; the batch is 0",
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
        ("norm", 0) => "a norm is taken along an axis, `x.norm(1)`, or several, `x.norm([1, 2])`",
        (changing, _) if changing.len() > 1 && changing.ends_with('_') => {
            let operation = changing.trim_end_matches('_');
            return Some(format!(
                "no operation changes its tensor: `x = x.{operation}({shown})`"
            ));
        }
        _ => return missing::instead(method, given),
    };
    Some(message.to_owned())
}
