//! PyTorch's functions, and calls of what is no function.

use super::given::in_rust;
use super::operations::{self, Arguments};
use super::{Told, arguments, is_free, layers, lists, methods};
use crate::model::is_constant;
use crate::model::names::Names;
use crate::syntax::shown;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, Ident, Member};

const MODULES: [&str; 7] = ["torch", "F", "nn", "np", "math", "functional", "numpy"];
const LAYER: &str =
    "a layer is declared in the struct, `pool: MaxPool2d<2>`, and called by its name, `pool(x)`";
const SEQUENCE: &str = "layers stand side by side in the struct, `first: Linear<_, 8>, second: Relu`, and are called one after the other: \
    `second(first(x))`";
const NO_TENSOR: &str = "a body makes no tensors: numbers take part in arithmetic, `x * 0.5`, and a tensor is an input or a \
    `Parameter` of the network";

const PRODUCTS: &str = "the product of matrices is `a.matmul(b)`, after `transpose` or `permute` where axes stand otherwise; what is only \
    multiplied and added up is `(a * b).sum(1)`";
const LOSS: &str = "a loss is no part of a network: the trainer has it, `Trainer::new(CrossEntropyLoss::default(), …)`";

/// A function of a module of PyTorch's that is called.
pub struct OfAModule<'e> {
    module: &'e Ident,
    pub function: &'e Ident,
    pub given: &'e Arguments,
}

/// `torch.relu(x)`, `torch.nn.functional.relu(x)`, `F::relu(x)`
pub fn of_a_module<'e>(names: &Names, value: &'e Expr) -> Option<OfAModule<'e>> {
    match value {
        Expr::MethodCall(call) => {
            let module = module(&call.receiver)?;
            let is_module = MODULES.iter().any(|known| module == known) && is_free(names, module);
            is_module.then_some(OfAModule {
                module,
                function: &call.method,
                given: &call.args,
            })
        }
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else {
                return None;
            };
            let segments = &path.path.segments;
            let (module, function) = (&segments.first()?.ident, &segments.last()?.ident);
            let is_module = segments.len() > 1 && (module == "torch" || module == "F");
            is_module.then_some(OfAModule {
                module,
                function,
                given: &call.args,
            })
        }
        _ => None,
    }
}

/// What to write instead of a function of a module, and of those among its arguments.
pub fn of_module(names: &Names, value: &Expr) -> Option<Told> {
    let call = of_a_module(names, value)?;
    let given = call.given.iter();
    let given = given
        .map(|argument| operations::rewritten(names, argument))
        .collect();
    let place = match value {
        Expr::Call(call) => call.func.span(),
        _ => call.module.span(),
    };
    Some((place, instead(call.function, &given)))
}

/// `torch` of `torch.nn.functional`.
fn module(receiver: &Expr) -> Option<&Ident> {
    match receiver {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(field) if matches!(field.member, Member::Named(_)) => module(&field.base),
        _ => None,
    }
}

/// What to write instead of an operation that is called as a function, `relu(x)`.
pub fn operation(name: &Ident, given: &Arguments) -> Option<String> {
    let function = name.to_string();
    let missing = ["prod", "cumsum", "argmax", "topk"].contains(&function.as_str());
    let written = operations::written_of(name, given).map(|call| method(&call));
    written.or_else(|| {
        let is_known = missing || operations::is_known(&function);
        is_known.then(|| otherwise(&function, given))?
    })
}

/// What to write instead of a function that is no operation, or none with these arguments.
fn otherwise(function: &str, given: &Arguments) -> Option<String> {
    let others = given.iter().skip(1).cloned().collect();
    methods::instead(function, &others).or_else(|| layers::instead(function, given))
}

/// What to write instead of a function of a module.
fn instead(name: &Ident, given: &Arguments) -> String {
    let function = name.to_string();
    match function.as_str() {
        "cat" | "concat" | "concatenate" => joined("cat", given),
        "stack" => joined("stack", given),
        "one_hot" => "there is no `one_hot`: what it is multiplied by is a layer, `table: Embedding<10, 4>`, which takes the indices"
            .to_owned(),
        "where" => "`select(condition, a, b)` is PyTorch's `where`".to_owned(),
        "arange" => "positions along an axis are `x.arange(1)`".to_owned(),
        "randn" | "rand" | "normal" => {
            "random numbers have the shape of a tensor: `x.randn_like()`, `x.rand_like()`"
                .to_owned()
        }
        "zeros" | "ones" | "full" | "empty" | "eye" | "tensor" | "linspace" | "tril" | "triu"
        | "zeros_like" | "ones_like" | "full_like" | "array" | "pi" => NO_TENSOR.to_owned(),
        "sqrt" if matches!(given.first(), Some(Expr::Lit(_))) => {
            "the root of a number is a number: write it, or that of a constant, `WIDTH.sqrt()`"
                .to_owned()
        }
        "Sequential" => SEQUENCE.to_owned(),
        layer if layer.starts_with(char::is_uppercase) && !is_loss(layer) => {
            let operation = operations::of_kind(layer).map(|name| Ident::new(name, Span::call_site()));
            let call = operation.and_then(|name| operations::written_of(&name, given));
            call.map_or_else(|| LAYER.to_owned(), |call| method(&call))
        }
        loss if is_loss(loss) => LOSS.to_owned(),
        "einsum" => PRODUCTS.to_owned(),
        _ => operations::written_of(name, given)
            .map(|call| method(&call))
            .or_else(|| reshape(&function, given))
            .or_else(|| otherwise(&function, given))
            .unwrap_or_else(|| none(&function)),
    }
}

/// What is said of a function that is none, or none that is told so much.
fn none(function: &str) -> String {
    match operations::call_of(function) {
        Some(_) if function == "norm" => methods::NORM.to_owned(),
        Some(call) => {
            format!("operations are methods of tensors, and this one takes no more than `{call}`")
        }
        None => format!(
            "there is no `{function}`: the operations there are stand in the documentation of `Tensor`"
        ),
    }
}

/// `torch.reshape(x, (4, 2))`
fn reshape(function: &str, given: &Arguments) -> Option<String> {
    let mut given = given.iter();
    let (x, sizes) = (operations::receiver(given.next()?), given.next()?);
    if function != "reshape" {
        return None;
    }
    let Expr::Array(sizes) = in_rust(sizes.clone()) else {
        return None;
    };
    Some(format!(
        "operations are methods of tensors: `{}.reshape([{}])`; the batch is not written",
        arguments([&x]),
        lists::of_a_sample(&sizes.elems.iter().collect::<Vec<_>>())
    ))
}

fn is_loss(name: &str) -> bool {
    name == "cross_entropy"
        || name == "kl_div"
        || name.starts_with("binary_")
        || name.to_lowercase().ends_with("loss")
}

/// In parentheses where it is arithmetic, for it may be a part of other arithmetic.
fn method(call: &Expr) -> String {
    let call = operations::receiver(call);
    format!(
        "operations are methods of tensors: `{}`",
        arguments([&call])
    )
}

/// `cat([x, y], 1)` for `cat((x, y), dim = 1)`.
fn joined(name: &str, given: &Arguments) -> String {
    let tensors = match given.first() {
        Some(Expr::Array(list)) => arguments(&list.elems),
        Some(Expr::Tuple(list)) => arguments(&list.elems),
        _ => "x, y".to_owned(),
    };
    let axis = match given.len() {
        2 => arguments(given.iter().skip(1)),
        _ => "1".to_owned(),
    };
    format!("`{name}` is a function: `{name}([{tensors}], {axis})`")
}

/// `torch::relu(x)`, `range(3)`, `cat([x, y])`, `cat((x, y), 1)`, `MaxPool2d(2)(x)`
pub fn told(names: &Names, call: &ExprCall) -> Option<Told> {
    if let Some(made) = made(names, &call.func) {
        return Some(made);
    }
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let name = function.path.get_ident()?;
    if !is_free(names, name) {
        return None;
    }
    let message = match (
        name.to_string().as_str(),
        call.args.first(),
        call.args.len(),
    ) {
        ("cat" | "stack", Some(Expr::Array(list)), 1) => {
            let list = arguments(&list.elems);
            format!("`{name}` takes the axis, too, and 0 is the batch: `{name}([{list}], 1)`")
        }
        ("cat" | "stack", Some(Expr::Tuple(list)), _) => {
            let list = arguments(&list.elems);
            format!("`{name}` takes an array: `{name}([{list}], 1)`")
        }
        ("cat" | "stack", Some(_), 2..) if let Some(written) = apart(names, name, &call.args) => {
            format!("`{name}` takes an array: `{written}`")
        }
        ("einsum", Some(Expr::Lit(_)), 2..) => PRODUCTS.to_owned(),
        ("arange", Some(size), 1) if names.stands_for_open_size(size) => instead(name, &call.args),
        (loss, Some(_), _) if loss.ends_with("Loss") => LOSS.to_owned(),
        _ => return None,
    };
    Some((function.span(), message))
}

/// `cat([a, b], 1)` for `cat(a, b)` and `cat(a, b, 1)`.
fn apart(names: &Names, function: &Ident, given: &Arguments) -> Option<String> {
    let ends_in_axis = given.last().is_some_and(is_number);
    let tensors = given.len() - usize::from(ends_in_axis);
    let is_tensor = |value| names.computed_tensor(value).is_some();
    if tensors < 2 || !given.iter().any(is_tensor) {
        return None;
    }
    let axis = match ends_in_axis {
        true => arguments(given.last()),
        false => "1".to_owned(),
    };
    let list = arguments(given.iter().take(tensors));
    Some(format!("{function}([{list}], {axis})"))
}

fn is_number(value: &Expr) -> bool {
    match value {
        Expr::Unary(unary) => is_number(&unary.expr),
        value => matches!(value, Expr::Lit(_)) || is_constant(value),
    }
}

/// `cat([x, y], 1)` for `x.cat(y, 1)`, which is a function.
pub fn joined_by_method(names: &Names, call: &ExprMethodCall) -> Option<Told> {
    let is_list = |value| matches!(value, &Expr::Array(_) | &Expr::Tuple(_));
    let is_joining = call.method == "cat" || call.method == "stack" || call.method == "concat";
    if !is_joining || call.args.iter().any(is_list) {
        return None;
    }
    names.computed_tensor(&call.receiver)?;
    let all: Arguments = std::iter::once(&*call.receiver)
        .chain(&call.args)
        .cloned()
        .collect();
    let name = match call.method == "stack" {
        true => &call.method,
        false => &Ident::new("cat", call.method.span()),
    };
    let written = apart(names, name, &all)?;
    let message = format!("`{name}` is a function: `{written}`");
    Some((call.method.span(), message))
}

/// A layer that is made where it is called: `MaxPool2d(2)(x)`, `Linear::new(4, 2)(x)`, `nn.ReLU()(x)`.
fn made(names: &Names, called: &Expr) -> Option<Told> {
    match called {
        Expr::MethodCall(_) => {
            let call = of_a_module(names, called)?;
            let kind = call.function.to_string();
            let message = match kind.as_str() {
                "Sequential" => SEQUENCE,
                _ => LAYER,
            };
            let is_kind = kind.starts_with(char::is_uppercase);
            is_kind.then(|| (call.module.span(), message.to_owned()))
        }
        Expr::Call(call) => {
            let Expr::Path(kind) = &*call.func else {
                return None;
            };
            let mut segments = kind.path.segments.iter().map(|segment| &segment.ident);
            let kind_name =
                segments.find(|name| name.to_string().starts_with(char::is_uppercase))?;
            let sizes: Vec<_> = call
                .args
                .iter()
                .filter(|value| !matches!(value, Expr::Assign(_)))
                .collect();
            let sizes = match sizes.is_empty() {
                true => String::new(),
                false => format!("<{}>", arguments(sizes)),
            };
            let message = format!(
                "a layer is declared in the struct, `layer: {}{sizes}`, and called by its name, `layer(x)`",
                shown(kind_name)
            );
            Some((kind.span(), message))
        }
        _ => None,
    }
}
