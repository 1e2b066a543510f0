//! Loops as Python has them: `for i in range(3)`, `for (i, block) in enumerate(blocks)`.

use super::{Told, arguments, is_free};
use crate::model::names::{Form, Names};
use crate::syntax::shown;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, Pat};

/// What to write instead of what a loop goes through. No function gives what a loop could go through here.
pub fn told(names: &Names, expression: &Expr, pattern: &Pat) -> Option<Told> {
    match expression {
        Expr::Call(call) => of_function(names, call, pattern),
        Expr::Reference(of) if matches!(names.layer(&of.expr), Some((_, Form::Stack))) => {
            let (stack, member) = (shown(&of.expr), shown(pattern));
            let message =
                format!("a stack is no value: `for {member} in {stack}` goes through its layers");
            Some((of.and_token.span(), message))
        }
        Expr::Range(range) => {
            let stack = length_of(names, range.end.as_deref()?)?;
            Some((stack.span(), through(stack)))
        }
        _ => None,
    }
}

fn of_function(names: &Names, call: &ExprCall, pattern: &Pat) -> Option<Told> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let name = function
        .path
        .get_ident()
        .filter(|name| is_free(names, name))?;
    let (given, pattern) = (call.args.iter().collect::<Vec<_>>(), shown(pattern));
    let message = match (name.to_string().as_str(), &given[..]) {
        ("range", [end]) if let Some(stack) = length_of(names, end) => through(stack),
        ("range", [end]) => format!(
            "a loop counts as in Rust: `for {pattern} in 0..{}`",
            arguments([*end])
        ),
        ("range", [start, end, ..]) => format!(
            "a loop counts as in Rust: `for {pattern} in {}..{}`",
            arguments([*start]),
            arguments([*end])
        ),
        ("enumerate", [of]) => format!(
            "layers are counted as in Rust: `for {pattern} in {}.iter().enumerate()`",
            shown(of)
        ),
        ("reversed", [of]) => {
            format!(
                "the last comes first as in Rust: `for {pattern} in {}.iter().rev()`",
                shown(of)
            )
        }
        ("zip", [first, second]) => format!(
            "two are gone through side by side as in Rust: `for {pattern} in {}.iter().zip({})`",
            shown(first),
            shown(second)
        ),
        _ => return None,
    };
    Some((name.span(), message))
}

fn through(stack: &Expr) -> String {
    let stack = shown(stack);
    format!(
        "a loop goes through the layers of a stack: `for layer in {stack}`, with their numbers \
         `for (i, layer) in {stack}.iter().enumerate()`"
    )
}

/// `blocks` of `len(blocks)` and `blocks.len()`.
fn length_of<'e>(names: &Names, value: &'e Expr) -> Option<&'e Expr> {
    let stack = match value {
        Expr::Call(call) => match &*call.func {
            Expr::Path(len) if len.path.is_ident("len") => call.args.first()?,
            _ => return None,
        },
        Expr::MethodCall(call) if call.method == "len" => &*call.receiver,
        _ => return None,
    };
    matches!(names.layer(stack), Some((_, Form::Stack))).then_some(stack)
}
