//! The operations there are, and calls of PyTorch's written as calls of them.

use super::functions;
use super::given::{Given, in_rust, is_text};
use crate::model::names::Names;
use crate::syntax::shown;
use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Lit, Token, UnOp, parse_quote};

pub type Arguments = Punctuated<Expr, Token![,]>;

/// An operation: its name, and PyTorch's names of its arguments after the tensor, in PyTorch's order.
type Operation = (&'static str, &'static [&'static str]);

const AXIS: &[&str] = &["dim", "keepdim"];
const IN_PLACE: &[&str] = &["inplace"];
const OTHER: &[&str] = &["other"];
const SPREAD: &[&str] = &["dim", "correction", "keepdim"];

/// Operations that are methods of tensors.
const OPERATIONS: &[Operation] = &[
    ("relu", IN_PLACE),
    ("relu6", IN_PLACE),
    ("selu", IN_PLACE),
    ("silu", IN_PLACE),
    ("mish", IN_PLACE),
    ("hardsigmoid", IN_PLACE),
    ("hardswish", IN_PLACE),
    ("gelu", &["approximate"]),
    ("leaky_relu", &["negative_slope", "inplace"]),
    ("elu", &["alpha", "inplace"]),
    ("dropout", &["p", "training", "inplace"]),
    ("clamp", &["min", "max"]),
    ("sigmoid", &[]),
    ("log_sigmoid", &[]),
    ("tanh", &[]),
    ("softplus", &[]),
    ("softsign", &[]),
    ("exp", &[]),
    ("log", &[]),
    ("sin", &[]),
    ("cos", &[]),
    ("sqrt", &[]),
    ("rsqrt", &[]),
    ("reciprocal", &[]),
    ("square", &[]),
    ("abs", &[]),
    ("sign", &[]),
    ("neg", &[]),
    ("detach", &[]),
    ("randn_like", &[]),
    ("rand_like", &[]),
    ("powf", &["exponent"]),
    ("softmax", &["dim"]),
    ("log_softmax", &["dim"]),
    ("sum", AXIS),
    ("mean", AXIS),
    ("amax", AXIS),
    ("amin", AXIS),
    ("logsumexp", AXIS),
    ("norm", &["p", "dim", "keepdim"]),
    ("var", SPREAD),
    ("std", SPREAD),
    ("matmul", OTHER),
    ("maximum", OTHER),
    ("minimum", OTHER),
    ("transpose", &["dim0", "dim1"]),
    ("permute", &["dims"]),
    ("flip", &["dims"]),
    ("squeeze", &["dim"]),
    ("unsqueeze", &["dim"]),
    ("flatten", &["start_dim", "end_dim"]),
    ("flatten_axes", &["start_dim", "end_dim"]),
    ("select_index", &["dim", "index"]),
    ("max_pool2d", &["kernel_size", "stride"]),
    ("avg_pool2d", &["kernel_size", "stride"]),
    ("adaptive_avg_pool2d", &["output_size"]),
    ("pad", &["pad", "mode", "value"]),
    ("pad_constant", &["pad", "value"]),
    ("pad_reflect", &["pad"]),
    ("pad_replicate", &["pad"]),
    ("pad_circular", &["pad"]),
];

/// PyTorch's names of operations that are others, or made of others.
const OTHERS: &[Operation] = &[
    ("logsigmoid", &[]),
    ("hardtanh", &["min_val", "max_val", "inplace"]),
    ("max", AXIS),
    ("min", AXIS),
    ("bmm", OTHER),
    ("mm", OTHER),
    ("clip", &["min", "max"]),
    ("pow", &["exponent"]),
    ("normalize", &["p", "dim"]),
    ("cosine_similarity", &["other", "dim"]),
];

fn known(name: &str) -> Option<Operation> {
    let mut all = OPERATIONS.iter().chain(OTHERS);
    all.find(|(known, _)| *known == name).copied()
}

/// Whether PyTorch's function is an operation here, under this name or another.
pub fn is_known(name: &str) -> bool {
    known(name).is_some()
}

/// The operation that PyTorch has as a module: `leaky_relu` of `LeakyReLU`.
pub fn of_kind(kind: &str) -> Option<&'static str> {
    let kind = kind.to_lowercase();
    let mut names = OPERATIONS.iter().map(|(name, _)| *name);
    names.find(|name| name.replace('_', "") == kind)
}

/// An operation's call, written to the end, for PyTorch's with arguments by place or by name. `None` where there is no
/// such operation, or none that is told these arguments.
pub fn written(name: &str, tensor: &Expr, given: &Arguments) -> Option<Expr> {
    let (name, takes) = known(name)?;
    let listed = listed(takes, given);
    let given = Given::of(takes, &listed)?;
    let x = receiver(tensor);
    let method = format_ident!("{name}");
    let call: Expr = match name {
        "logsigmoid" => parse_quote!(#x.log_sigmoid()),
        "matmul" | "bmm" | "mm" => match given.get("other")? {
            Expr::MethodCall(other) if other.method == "t" => {
                let other = other.receiver;
                parse_quote!(#x.matmul_transposed(#other))
            }
            other => parse_quote!(#x.matmul(#other)),
        },
        "gelu" if !given.is_text("approximate", "none") => return None,
        "gelu" => parse_quote!(#x.gelu()),
        "norm" if !given.is_number("p", "2") => return None,
        "var" | "std" if !given.is_number("correction", "1") => return None,
        "sum" | "mean" | "amax" | "amin" | "logsumexp" | "norm" | "var" | "std" => {
            return reduced(x, &method, &given);
        }
        "max" | "min" => return extreme(x, name, &given),
        "clamp" | "clip" => clamped(&x, given.get("min"), given.get("max"))?,
        "hardtanh" => clamped(&x, given.or_default("min_val"), given.or_default("max_val"))?,
        "dropout" => {
            let p = given.get("p").unwrap_or_else(|| parse_quote!(0.5));
            parse_quote!(#x.dropout(#p))
        }
        "softmax" | "log_softmax" => {
            let axis = given.get("dim").unwrap_or_else(|| parse_quote!(1));
            parse_quote!(#x.#method(#axis))
        }
        "flatten" => flattened(&x, &given)?,
        "max_pool2d" | "avg_pool2d" => {
            let kernel = one(given.get("kernel_size")?)?;
            if given.get("stride").is_some_and(|stride| {
                one(stride).is_none_or(|stride| shown(&stride) != shown(&kernel))
            }) {
                return None;
            }
            parse_quote!(#x.#method(#kernel))
        }
        "adaptive_avg_pool2d" => {
            let output = one(given.get("output_size")?)?;
            parse_quote!(#x.#method(#output))
        }
        "pad" => padded(&x, &given)?,
        "pow" => power(tensor, &given.get("exponent")?),
        "normalize" if !given.is_number("p", "2") => return None,
        "normalize" => {
            let axis = given.get("dim").unwrap_or_else(|| parse_quote!(1));
            let norm = kept(parse_quote!(#x.norm(#axis)), &axis)?;
            parse_quote!(#x / #norm)
        }
        "cosine_similarity" => {
            let other = receiver(&given.get("other")?);
            let axis = given.get("dim").unwrap_or_else(|| parse_quote!(1));
            parse_quote!((#x * #other).sum(#axis) / (#x.norm(#axis) * #other.norm(#axis)))
        }
        _ => {
            let taken = takes.iter().filter(|name| !is_left_out(name));
            let values = taken
                .map(|name| given.or_default(name))
                .collect::<Option<Vec<_>>>()?;
            parse_quote!(#x.#method(#(#values),*))
        }
    };
    Some(call)
}

/// Arguments with axes in a list: `[0, 2, 1]` for `0, 2, 1`.
fn listed(takes: &[&str], given: &Arguments) -> Arguments {
    match takes == ["dims"] && given.len() > 1 {
        true => std::iter::once::<Expr>(parse_quote!([#given])).collect(),
        false => given.clone(),
    }
}

/// How an operation is called: `x.permute(dims)`.
pub fn call_of(name: &str) -> Option<String> {
    let (name, takes) = OPERATIONS.iter().find(|(known, _)| *known == name)?;
    let is_told = |argument: &&&str| {
        !["keepdim", "correction", "approximate", "stride"].contains(*argument)
            && !is_left_out(argument)
    };
    let told: Vec<_> = takes.iter().filter(is_told).copied().collect();
    Some(format!("x.{name}({})", told.join(", ")))
}

/// The same of a function, whose first argument is the tensor.
pub fn written_of(function: &Ident, given: &Arguments) -> Option<Expr> {
    let mut given = given.iter().cloned();
    let tensor = match given.next()? {
        Expr::Assign(_) | Expr::Lit(_) => return None,
        tensor => tensor,
    };
    written(&function.to_string(), &tensor, &given.collect())
}

/// Whether arguments are given by name, or a flag is among them: `dim=1`, `True`.
pub fn has_names(given: &Arguments) -> bool {
    given
        .iter()
        .any(|argument| match in_rust(argument.clone()) {
            Expr::Lit(literal) => matches!(literal.lit, Lit::Bool(_)),
            argument => matches!(argument, Expr::Assign(_)),
        })
}

/// An argument of PyTorch's that says nothing here.
fn is_left_out(name: &str) -> bool {
    name == "inplace" || name == "training"
}

/// One number for a list of equal ones.
fn one(value: Expr) -> Option<Expr> {
    match value {
        Expr::Array(list) => {
            let first = list.elems.first()?;
            let are_equal = list
                .elems
                .iter()
                .all(|number| shown(number) == shown(first));
            are_equal.then(|| first.clone())
        }
        Expr::Assign(_) => None,
        value => Some(value),
    }
}

/// A number with a fraction: `2.0` for `2`.
pub fn fraction(number: &Expr) -> Expr {
    match number {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(whole) if whole.suffix().is_empty() => {
                syn::parse_str(&format!("{whole}.0")).unwrap_or_else(|_| number.clone())
            }
            _ => number.clone(),
        },
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => {
            let value = fraction(&negative.expr);
            parse_quote!(-#value)
        }
        _ => number.clone(),
    }
}

/// What a method can be called on, as it stands or in parentheses.
pub fn receiver(value: &Expr) -> Expr {
    match value {
        Expr::Path(_)
        | Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Index(_)
        | Expr::Field(_)
        | Expr::Paren(_)
        | Expr::Array(_)
        | Expr::Tuple(_)
        | Expr::Macro(_) => value.clone(),
        _ => parse_quote!((#value)),
    }
}

/// `x.mean(1)`, with the axis put back where `keepdim` keeps it.
fn reduced(x: Expr, method: &Ident, given: &Given<'_>) -> Option<Expr> {
    let axes = given.get("dim")?;
    let call = parse_quote!(#x.#method(#axes));
    match given.is_on("keepdim")? {
        true => kept(call, &axes),
        false => Some(call),
    }
}

/// What is reduced, with its axes as ones of size 1: those from the front first, or those from the end.
fn kept(reduced: Expr, axes: &Expr) -> Option<Expr> {
    let axes = match axes {
        Expr::Array(list) => list.elems.iter().collect(),
        axis => vec![axis],
    };
    if axes.len() == 1 {
        let axis = axes[0];
        return Some(parse_quote!(#reduced.unsqueeze(#axis)));
    }
    let mut numbers = axes
        .into_iter()
        .map(axis_number)
        .collect::<Option<Vec<_>>>()?;
    let is_from_end = numbers.iter().all(|axis| *axis < 0);
    if !is_from_end && numbers.iter().any(|axis| *axis < 0) {
        return None;
    }
    numbers.sort_by_key(|axis| axis.abs());
    let put_back = |reduced: Expr, axis: i64| {
        let axis = proc_macro2::Literal::i64_unsuffixed(axis);
        parse_quote!(#reduced.unsqueeze(#axis))
    };
    Some(numbers.into_iter().fold(reduced, put_back))
}

fn axis_number(axis: &Expr) -> Option<i64> {
    shown(axis).replace(' ', "").parse().ok()
}

/// `x.amax(1)` for `x.max(dim=1)`, `x.maximum(y)` for `torch.max(x, y)`.
fn extreme(x: Expr, name: &str, given: &Given<'_>) -> Option<Expr> {
    let first = given.get("dim")?;
    let along = format_ident!("a{name}");
    let is_axis = axis_number(&first).is_some() || matches!(first, Expr::Array(_));
    if is_axis || given.has("keepdim") {
        return reduced(x, &along, given);
    }
    if matches!(first, Expr::Lit(_) | Expr::Unary(_)) {
        return match name {
            "max" => clamped(&x, Some(first), None),
            _ => clamped(&x, None, Some(first)),
        };
    }
    let of_two = format_ident!("{name}imum");
    Some(parse_quote!(#x.#of_two(#first)))
}

/// `x.clamp(0.0, 1.0)`, where what is not given is infinite.
fn clamped(x: &Expr, min: Option<Expr>, max: Option<Expr>) -> Option<Expr> {
    let is_zero = |bound: &Expr| shown(&fraction(bound)) == "0.0";
    if min.is_none() && max.is_none() {
        return None;
    }
    if max.is_none() && min.as_ref().is_some_and(is_zero) {
        return Some(parse_quote!(#x.relu()));
    }
    let min = min.map_or_else(|| parse_quote!(-f64::INFINITY), |min| fraction(&min));
    let max = max.map_or_else(|| parse_quote!(f64::INFINITY), |max| fraction(&max));
    Some(parse_quote!(#x.clamp(#min, #max)))
}

/// `x.flatten()` for all but the batch.
fn flattened(x: &Expr, given: &Given<'_>) -> Option<Expr> {
    let number = |name, otherwise| match given.get(name) {
        Some(axis) => axis_number(&axis),
        None => Some(otherwise),
    };
    match (number("start_dim", 1)?, number("end_dim", -1)?) {
        (1, -1) => Some(parse_quote!(#x.flatten())),
        (start, end) => {
            let [start, end] = [start, end].map(proc_macro2::Literal::i64_unsuffixed);
            Some(parse_quote!(#x.flatten_axes(#start, #end)))
        }
    }
}

/// `x.pad([1, 0])`, or the operation of another mode.
fn padded(x: &Expr, given: &Given<'_>) -> Option<Expr> {
    let amounts = given.get("pad")?;
    let modes = ["reflect", "replicate", "circular"];
    let other = modes
        .iter()
        .find(|other| given.get("mode").is_some_and(|mode| is_text(&mode, other)));
    if let Some(mode) = other {
        let method = format_ident!("pad_{mode}");
        return Some(parse_quote!(#x.#method(#amounts)));
    }
    if !given.is_text("mode", "constant") {
        return None;
    }
    Some(match given.get("value").map(|value| fraction(&value)) {
        Some(value) => parse_quote!(#x.pad_constant(#amounts, #value)),
        None => parse_quote!(#x.pad(#amounts)),
    })
}

/// `x.square()` for `x ** 2`.
pub fn power(base: &Expr, exponent: &Expr) -> Expr {
    let x = receiver(base);
    let exponent = fraction(exponent);
    match shown(&exponent).replace(' ', "").as_str() {
        "2.0" => parse_quote!(#x.square()),
        "0.5" => parse_quote!(#x.sqrt()),
        "-0.5" => parse_quote!(#x.rsqrt()),
        "-1.0" => parse_quote!(#x.reciprocal()),
        _ => parse_quote!(#x.powf(#exponent)),
    }
}

/// An expression in which functions of PyTorch's modules are the operations they are here.
pub fn rewritten(names: &Names, value: &Expr) -> Expr {
    let mut value = value.clone();
    Rewriting { names }.visit_expr_mut(&mut value);
    value
}

struct Rewriting<'n> {
    names: &'n Names,
}

impl VisitMut for Rewriting<'_> {
    fn visit_expr_mut(&mut self, value: &mut Expr) {
        visit_mut::visit_expr_mut(self, value);
        let call = match (functions::of_a_module(self.names, value), &*value) {
            (Some(call), _) => written_of(call.function, call.given),
            (None, Expr::MethodCall(call)) if has_names(&call.args) => {
                written(&call.method.to_string(), &call.receiver, &call.args)
            }
            _ => None,
        };
        if let Some(call) = call {
            *value = receiver(&call);
        }
    }
}

/// Each operation that is told is a method of the library's tensors.
#[test]
fn operations_exist() {
    let tensors = concat!(env!("CARGO_MANIFEST_DIR"), "/../netdsl/src/graph/tensor");
    let files = std::fs::read_dir(tensors).unwrap();
    let sources: String = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for (name, _) in OPERATIONS {
        let by_function = sources.contains(&format!("pub const fn {name}(self"));
        let by_macro = sources.contains(&format!("    {name} => "));
        assert!(by_function || by_macro, "there is no `{name}`");
    }
}
