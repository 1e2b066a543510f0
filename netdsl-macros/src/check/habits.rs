//! Python's ways of writing, told with Rust's.

use crate::model::is_arithmetic;
use crate::model::names::Names;
use crate::syntax::shown;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprLit, ExprMethodCall, Lit, UnOp};

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

/// What to write instead of an expression, and where that is told.
pub fn told(names: &Names, expression: &Expr) -> Option<(Span, String)> {
    match expression {
        Expr::MethodCall(call) => of_module(names, call)
            .or_else(|| of_numbers(call))
            .or_else(|| of_no_shape(call))
            .or_else(|| empty_list(&call.args)),
        Expr::Call(call) => of_function(names, call).or_else(|| empty_list(&call.args)),
        Expr::Binary(product) => match (&product.op, &*product.right) {
            (BinOp::Mul(star), Expr::Unary(power)) if matches!(power.op, UnOp::Deref(_)) => {
                let message = "Rust has no `**`: write `x.square()`, or `x.powf(3.0)`";
                Some((star.span(), message.to_owned()))
            }
            (op, _) if is_arithmetic(op) => size_of_axis(&product.left)
                .or_else(|| size_of_axis(&product.right))
                .or_else(|| fraction(product)),
            _ => None,
        },
        _ => None,
    }
}

/// `1 / 2`
fn fraction(quotient: &ExprBinary) -> Option<(Span, String)> {
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

/// `x / x.size(1)`
fn size_of_axis(operand: &Expr) -> Option<(Span, String)> {
    let Expr::MethodCall(call) = operand else {
        return None;
    };
    (call.method == "size" && call.args.len() == 1).then(|| {
        let message = "sizes are computed with by their names in the signature: `x / n` where it says `x: [n]`";
        (call.method.span(), message.to_owned())
    })
}

/// `x.randn_like([2, 3])`
fn of_no_shape(call: &ExprMethodCall) -> Option<(Span, String)> {
    let method = call.method.to_string();
    (method.ends_with("_like") && !call.args.is_empty()).then(|| {
        let message =
            format!("`{method}` gives the shape of the tensor it is called on: `x.{method}()`");
        (call.method.span(), message)
    })
}

/// `torch.relu(x)`
fn of_module(names: &Names, call: &ExprMethodCall) -> Option<(Span, String)> {
    let Expr::Path(module) = &*call.receiver else {
        return None;
    };
    let name = module.path.get_ident()?;
    let is_module = ["torch", "F", "nn", "np"].iter().any(|known| name == known);
    (is_module && !names.is_bound(&module.path)).then(|| {
        let method = &call.method;
        let message = format!("operations are methods of tensors: `x.{method}()`");
        (name.span(), message)
    })
}

/// `x.view(-1, 10)`, `x.mean(2, 3)`
fn of_numbers(call: &ExprMethodCall) -> Option<(Span, String)> {
    let takes_list = OF_LISTS.iter().any(|name| call.method == name);
    if !takes_list || call.args.len() < 2 || !call.args.iter().all(is_number) {
        return None;
    }
    let reshapes = call.method == "view" || call.method == "reshape";
    // The batch, which is not written.
    let is_batch = |number: &&Expr| reshapes && matches!(number, Expr::Unary(_));
    let numbers = call.args.iter().enumerate();
    let numbers = numbers.filter(|(place, number)| *place > 0 || !is_batch(number));
    let written = numbers.map(|(_, number)| match number {
        Expr::Unary(_) if reshapes => "_".to_owned(),
        _ => shown(number).replace("- ", "-"),
    });
    let numbers = written.collect::<Vec<_>>().join(", ");
    let (method, batch) = match reshapes {
        true => ("reshape".to_owned(), "; the batch is not written"),
        false => (call.method.to_string(), ""),
    };
    let message = format!("sizes and axes stand in a list: `x.{method}([{numbers}])`{batch}");
    Some((call.method.span(), message))
}

/// `x.flip([])`
fn empty_list<'a>(arguments: impl IntoIterator<Item = &'a Expr>) -> Option<(Span, String)> {
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

/// `range(3)`, `cat([x, y])`, `cat((x, y), 1)`
fn of_function(names: &Names, call: &ExprCall) -> Option<(Span, String)> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    if let (Some(module), Some(name)) = (
        function.path.segments.first(),
        function.path.segments.last(),
    ) && module.ident == "torch"
    {
        let message = format!("operations are methods of tensors: `x.{}()`", name.ident);
        return Some((function.span(), message));
    }
    let name = function.path.get_ident()?.to_string();
    if names.is_bound(&function.path) {
        return None;
    }
    let message = match (name.as_str(), call.args.first(), call.args.len()) {
        ("range", Some(Expr::Lit(_)), 1) => "a loop counts as in Rust: `for i in 0..3`".to_owned(),
        ("cat" | "stack", Some(Expr::Array(_)), 1) => {
            format!("`{name}` takes the axis, too, and 0 is the batch: `{name}([x, y], 1)`")
        }
        ("cat" | "stack", Some(Expr::Tuple(_)), _) => {
            format!("`{name}` takes an array: `{name}([x, y], 1)`")
        }
        _ => return None,
    };
    Some((function.span(), message))
}
