//! PyTorch's operations that are none here: what they are made of.

use super::methods::NORM;
use super::operations::{self, Arguments};
use super::{NO_SHAPE, arguments};
use syn::Expr;

const POSITIONS: &str = "no operation gives positions or an order: `x.amax(1)` is the greatest element along an axis; \
    the result of `net.forward(&x)?` is an array, which Rust can look through";
const RESULT: &str =
    "a tensor holds nothing while a body runs: a result of `net.forward(&x)?` is an array";
const RUNNING: &str = "no operation adds up on the way: begin with `let mut sum = x.select_index(1, 0);`, \
    add `x.select_index(1, i as i64)` in a loop, keep each `sum` in an array, and join that by `stack(sums, 1)`";

/// What to write instead of an operation that there is not.
pub fn instead(method: &str, given: &Arguments) -> Option<String> {
    let first = given.first();
    let number = first.filter(|number| matches!(number, Expr::Lit(_) | Expr::Unary(_)));
    let shown = arguments(first);
    let message = match (method, given.len()) {
        (
            "topk" | "sort" | "argsort" | "argmax" | "argmin" | "median" | "mode" | "kthvalue"
            | "cummax" | "cummin" | "unique" | "nonzero",
            _,
        ) => POSITIONS,
        ("item" | "numpy" | "tolist", 0) => RESULT,
        ("cumsum" | "cumprod", _) => RUNNING,
        ("prod", _) => {
            "a product along an axis is `x.log().sum(1).exp()` where all is above 0; of a few parts it is one of `let [a, b] = x.chunk(1);`"
        }
        ("gather", 2..) => {
            "`x.pick(index, 1, None)` takes one element along an axis, which goes, and `table.gather(index)` rows of a table"
        }
        ("index_select" | "take" | "take_along_dim", _) => {
            "a place that is known is taken by `x.select_index(1, 0)`, and rows of a table by indices `table.gather(index)`"
        }
        (
            "scatter" | "scatter_add" | "index_add" | "index_copy" | "index_fill"
            | "masked_scatter",
            _,
        ) => {
            "no operation writes into a tensor: `select(condition, a, b)` takes `a` where the condition is not 0, and `cat` joins parts"
        }
        ("triu" | "tril", _) => {
            "attention looks back only by `attn.forward_masked(x, x, x, None, Some(Mask::causal(x)))`; elsewhere a triangle is a `Parameter`"
        }
        ("roll", _) => "an axis is turned round by `cat([x.slice(1, 1..), x.slice(1, ..1)], 1)`",
        ("outer", 1) => {
            return Some(format!(
                "all products are `x.unsqueeze(2) * {shown}.unsqueeze(1)`"
            ));
        }
        ("lerp", _) => "what lies between is `x + (y - x) * 0.5`",
        ("softmin", _) => return Some(format!("the softmin is `(-x).softmax({shown})`")),
        ("clip", 2) => return Some(format!("`clip` is `x.clamp({})`", arguments(given))),
        ("clamp_min" | "maximum", 1) if let Some(number) = number => {
            return Some(format!(
                "at least a number is `x.clamp({}, f64::INFINITY)`; at least 0 is `x.relu()`",
                arguments([&operations::fraction(number)])
            ));
        }
        ("clamp_max" | "minimum", 1) if let Some(number) = number => {
            return Some(format!(
                "at most a number is `x.clamp(-f64::INFINITY, {})`",
                arguments([&operations::fraction(number)])
            ));
        }
        ("add" | "sub" | "mul" | "div" | "multiply" | "divide" | "subtract", 1)
            if number.is_some() =>
        {
            let sign = match method.as_bytes()[0] {
                b'a' => '+',
                b's' => '-',
                b'm' => '*',
                _ => '/',
            };
            return Some(format!(
                "arithmetic has Rust's operators: `x {sign} {shown}`"
            ));
        }
        ("ln", 0) => "the natural logarithm is `x.log()`",
        ("log2", 0) => "that logarithm is `x.log() * 1.4426950408889634`",
        ("log10", 0) => "that logarithm is `x.log() * 0.4342944819032518`",
        ("log1p", 0) => "this is `(x + 1.0).log()`",
        ("expm1", 0) => "this is `x.exp() - 1.0`",
        ("tan", 0) => "this is `x.sin() / x.cos()`",
        ("norm", 2) => NORM,
        ("select", 2) => return Some(format!("this is `x.select_index({})`", arguments(given))),
        ("dim" | "ndim" | "numel" | "nelement", 0) => NO_SHAPE,
        _ => return None,
    };
    Some(message.to_owned())
}
