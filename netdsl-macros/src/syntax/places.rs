//! What stands in which place of a layer: sizes in `<…>`, in their order, and options in `(…)`, by their names.

use super::{shown, sizes};
use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, Path, Result, Token};

const IN_PLACE: &str =
    "sizes stand in `<…>`, in their order and without names, options by their names in `(…)`";

/// What stands in `(…)`. What cannot be read is told by what reads it.
pub fn values_ahead(input: ParseStream) -> Result<Vec<Expr>> {
    let ahead = input.fork();
    if !ahead.peek(syn::token::Paren) {
        return Ok(Vec::new());
    }
    let inside;
    syn::parenthesized!(inside in ahead);
    let values = Punctuated::<Expr, Token![,]>::parse_terminated(&inside);
    Ok(values.unwrap_or_default().into_iter().collect())
}

/// What is wrong with `nn.Linear(4, 3)`, of which `nn` was read.
pub fn of_module(module: &Path, input: ParseStream) -> Result<syn::Error> {
    let last = module.segments.last().map(|last| last.ident.clone());
    let mut kind: Path = last.map_or_else(|| module.clone(), Path::from);
    while input.parse::<Option<Token![.]>>()?.is_some() {
        kind = input.parse::<Ident>()?.into();
    }
    let layer = (sizes(input).ok()).zip(values_ahead(input).ok());
    let (sizes, values) = layer.unwrap_or_default();
    let written = match values.first() {
        Some(value) if is_call(value) => declared(&kind, value),
        _ => rewritten(&kind, &sizes, &values),
    };
    let message = format!("layers have no module before them: write `{written}`");
    Ok(syn::Error::new(module.segments[0].ident.span(), message))
}

/// Whether what stands in `<…>` are sizes and what stands in `(…)` options, which have names.
pub fn are_in_place(kind: &Path, sizes: &[Expr], values: &[Expr]) -> Result<()> {
    let kind = &without_module(kind);
    let told = |span: Span, message: String| Err(syn::Error::new(span, message));
    if let Some((maker, kind)) = maker(kind) {
        let written = rewritten(&kind, sizes, values);
        return told(
            maker.span(),
            format!("a layer is declared by its name and sizes: `{written}`"),
        );
    }
    if let Some(named) = sizes.iter().find(|size| has_name(size)) {
        let written = rewritten(kind, sizes, values);
        return told(named.span(), format!("{IN_PLACE}: `{written}`"));
    }
    let Some(nameless) = values.iter().find(|value| !has_name(value)) else {
        return Ok(());
    };
    if is_call(nameless) {
        let message = format!(
            "a layer makes its parameters itself, by their sizes: `{}`",
            declared(kind, nameless)
        );
        return told(nameless.span(), message);
    }
    told(
        nameless.span(),
        without_a_name(kind, sizes, values, nameless),
    )
}

/// A kind without PyTorch's `nn` before it.
fn without_module(kind: &Path) -> Path {
    let segments = &kind.segments;
    let module = usize::from(segments.len() > 1 && segments[0].ident == "nn");
    Path {
        segments: segments.iter().skip(module).cloned().collect(),
        ..kind.clone()
    }
}

/// What to write instead of `Dropout(0.5)`, `BatchNorm2d(8)`, `Linear(4, 3)`, `Conv2d<_, 8, 3>(1)`. Whether one number is
/// a size or an option is the layer's to know.
fn without_a_name(kind: &Path, sizes: &[Expr], values: &[Expr], nameless: &Expr) -> String {
    let nameless_values: Vec<_> = values.iter().filter(|value| !has_name(value)).collect();
    let are_sizes = nameless_values.iter().all(|value| can_be_size(value));
    let by_name = "options have names, PyTorch's, as the one of `Linear<_, 4>(bias = false)`";
    if let (Some(option), [_]) = (only_option(kind), values) {
        let (kind, value) = (shown(kind), shown(nameless));
        return format!("{by_name}: `{kind}({option} = {value})`");
    }
    match (sizes, nameless_values.len()) {
        ([], 2..) if are_sizes => format!("{IN_PLACE}: `{}`", rewritten(kind, sizes, values)),
        ([], 1) if are_sizes => format!(
            "{by_name}; if it is a size, it stands in `<…>`: `{}`",
            rewritten(kind, sizes, values)
        ),
        _ => by_name.to_owned(),
    }
}

/// The first option of layers that have no sizes, which PyTorch takes without a name.
fn only_option(kind: &Path) -> Option<&'static str> {
    let kind = kind.segments.last()?.ident.to_string();
    match kind.as_str() {
        "Dropout" | "Dropout1d" | "Dropout2d" | "Dropout3d" | "AlphaDropout" => Some("p"),
        "LeakyRelu" => Some("negative_slope"),
        "Elu" | "Celu" => Some("alpha"),
        "Softmax" | "LogSoftmax" | "Softmin" => Some("dim"),
        _ => None,
    }
}

/// Whether nothing stands where options were to be: `Conv2d<_, 8, 3>.padding(1)`, `Conv2d<_, 8, 3> { padding: 1 }`.
pub fn ends(input: ParseStream) -> Result<()> {
    let is_list = input.peek(syn::token::Brace) || input.peek(syn::token::Bracket);
    if !is_list && !input.peek(Token![.]) {
        return Ok(());
    }
    Err(input.error("options stand in `(…)` after the sizes, by their names: `(padding = 1)`"))
}

/// `new` and the layer, of `Linear::new`.
fn maker(kind: &Path) -> Option<(Ident, Path)> {
    let mut kind = kind.clone();
    let last = kind.segments.pop()?;
    if last.ident != "new" || kind.segments.is_empty() {
        return None;
    }
    let layer = kind.segments.pop()?;
    kind.segments.push(layer);
    Some((last.ident, kind))
}

/// A layer with its sizes, and what has a name that is none of a size among its options.
fn rewritten(kind: &Path, sizes: &[Expr], values: &[Expr]) -> String {
    let (named, own): (Vec<&Expr>, Vec<&Expr>) = sizes.iter().partition(|size| is_option(size));
    let (options, nameless): (Vec<&Expr>, Vec<&Expr>) =
        values.iter().partition(|value| has_name(value));
    let sizes: Vec<Expr> = own.into_iter().chain(nameless).map(without_name).collect();
    let sizes: Vec<&Expr> = sizes.iter().collect();
    let options: Vec<&Expr> = named.into_iter().chain(options).collect();
    let (sizes, options) = (listed(&sizes, "<", ">"), listed(&options, "(", ")"));
    format!("{}{sizes}{options}", shown(kind))
}

/// Whether what stands among sizes with a name is an option: PyTorch's names of sizes end alike.
fn is_option(size: &Expr) -> bool {
    let Expr::Assign(named) = size else {
        return false;
    };
    let ends = [
        "_features",
        "_channels",
        "_size",
        "_dim",
        "_embeddings",
        "_shape",
        "_heads",
        "_groups",
    ];
    let name = shown(&named.left);
    !ends.iter().any(|end| name.ends_with(end))
}

/// `Parameter<[8]>` of a call that would make one: `torch.zeros(8)`.
fn declared(kind: &Path, call: &Expr) -> String {
    let arguments = match call {
        Expr::Call(call) => &call.args,
        Expr::MethodCall(call) => &call.args,
        _ => return shown(kind),
    };
    let sizes: Vec<_> = arguments
        .iter()
        .filter(|size| can_be_size(size) && !has_name(size))
        .collect();
    format!("{}<[{}]>", shown(kind), listed(&sizes, "", ""))
}

fn is_call(value: &Expr) -> bool {
    matches!(value, Expr::Call(_) | Expr::MethodCall(_))
}

fn has_name(value: &Expr) -> bool {
    matches!(value, Expr::Assign(_))
}

/// A value without the name it was given.
fn without_name(value: &Expr) -> Expr {
    match value {
        Expr::Assign(named) => (*named.right).clone(),
        _ => value.clone(),
    }
}

/// Whether a value is no text, no flag and no fraction.
fn can_be_size(value: &Expr) -> bool {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => matches!(lit, Lit::Int(_)),
        Expr::Unary(_) => false,
        _ => true,
    }
}

/// Values between brackets, which are left out around nothing.
fn listed(values: &[&Expr], opening: &str, closing: &str) -> String {
    if values.is_empty() {
        return String::new();
    }
    let values: Vec<_> = values.iter().map(shown).collect();
    format!("{opening}{}{closing}", values.join(", "))
}
