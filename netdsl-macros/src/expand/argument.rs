//! Sizes and options as written, turned into arguments that a layer can look at.

use crate::model::{Sizes, is_constant};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBlock, ExprLit, ExprRange, Lit, LitInt, Stmt, UnOp};

/// The local variable that holds a dimension's argument.
pub fn dimension(name: &Ident) -> Ident {
    format_ident!("__dim_{}", name, span = Span::mixed_site())
}

/// The path of what this code calls, told of where an argument stands: as code of nowhere it would be the whole macro.
pub fn library(argument: Span) -> TokenStream {
    quote_spanned!(Span::call_site().located_at(argument)=> ::netdsl::__private)
}

/// The definition that an argument stands in.
#[derive(Clone, Copy)]
struct Within<'w> {
    sizes: &'w dyn Sizes,
    at: &'w Ident,
    /// It is a number of its own, such as a padding: divided as Rust divides, and nothing is inferred from it.
    number: bool,
}

impl<'w> Within<'w> {
    fn of_sizes(sizes: &'w dyn Sizes, at: &'w Ident) -> Self {
        let number = false;
        Self { sizes, at, number }
    }
}

/// A size of a network's definition, at the place where it was written.
pub fn written(expression: &Expr, sizes: &dyn Sizes, at: &Ident) -> TokenStream {
    argument(expression, Within::of_sizes(sizes, at))
}

/// An option of a layer, likewise.
pub fn option(expression: &Expr, sizes: &dyn Sizes, at: &Ident) -> TokenStream {
    let number = true;
    argument(expression, Within { sizes, at, number })
}

fn argument(expression: &Expr, within: Within<'_>) -> TokenStream {
    let p = library(expression.span());
    let (Within { sizes, at, .. }, value) = (within, value(expression, Some(within), &p));
    // The call carries the user's place: the compiler is made to point at it.
    let written = quote_spanned!(expression.span()=> #at.written(#value));
    if is_computed(expression) && sizes.are_mentioned(expression) {
        return quote_spanned!(expression.span()=> { #at.expression(); #written });
    }
    written
}

/// A range of sizes among a call's arguments, as the list of what it begins and ends with.
pub fn range(range: &ExprRange, sizes: &dyn Sizes, at: &Ident) -> TokenStream {
    let p = library(range.span());
    let bound = |bound: &Option<Box<Expr>>| match bound {
        Some(bound) => value(bound, Some(Within::of_sizes(sizes, at)), &p),
        None => quote!(#p::Arg::OPEN),
    };
    let (start, end) = (bound(&range.start), bound(&range.end));
    quote_spanned!(range.span()=> #p::Arg::list(&[#start, #end]))
}

/// An argument outside any definition.
pub fn plain(expression: &Expr, p: &TokenStream) -> TokenStream {
    value(expression, None, p)
}

/// Whether the compiler can know a value: `_`, a literal, an upper-case name, or what is computed from them.
pub fn is_known(expression: &Expr) -> bool {
    match expression {
        Expr::Infer(_) => true,
        Expr::Binary(binary) => is_known(&binary.left) && is_known(&binary.right),
        Expr::Paren(inner) => is_known(&inner.expr),
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => is_known(&negative.expr),
        Expr::Block(block) => inner(block).is_some_and(is_known),
        _ => is_constant(expression),
    }
}

/// Whether a value that the compiler can know is so everywhere: a constant by its bare name may be a generic
/// parameter of the function around it, which an item within that function cannot name.
pub fn is_known_everywhere(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => {
            let first = &path.path.segments[0].ident;
            let begins_in_a_module = !first.to_string().starts_with(char::is_uppercase);
            path.path.leading_colon.is_some() || path.path.segments.len() > 1 && begins_in_a_module
        }
        Expr::Binary(binary) => {
            is_known_everywhere(&binary.left) && is_known_everywhere(&binary.right)
        }
        Expr::Paren(inner) => is_known_everywhere(&inner.expr),
        Expr::Unary(inner) => is_known_everywhere(&inner.expr),
        Expr::Block(block) => inner(block).is_some_and(is_known_everywhere),
        _ => true,
    }
}

/// The expression that a block consists of.
fn inner(block: &ExprBlock) -> Option<&Expr> {
    match &block.block.stmts[..] {
        [Stmt::Expr(inner, None)] => Some(inner),
        _ => None,
    }
}

/// Whether an expression has a type of its own, and not that which literals take on: it has a constant in it.
fn has_a_type(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path.path.segments.len() > 1 || is_constant(expression),
        Expr::Binary(binary) => has_a_type(&binary.left) || has_a_type(&binary.right),
        Expr::Paren(inner) => has_a_type(&inner.expr),
        Expr::Cast(_) => true,
        _ => false,
    }
}

/// A value of Rust's as an argument.
fn rust(expression: &Expr, within: bool, p: &TokenStream) -> TokenStream {
    let span = expression.span();
    if has_a_type(expression) {
        quote_spanned!(span=> #p::Constant(#expression).arg())
    } else if within || is_known(expression) {
        quote_spanned!(span=> #p::Lift(#expression).arg())
    } else {
        quote_spanned!(span=> <::netdsl::__private::Arg as ::core::convert::From<_>>::from(#expression))
    }
}

fn value(expression: &Expr, within: Option<Within<'_>>, p: &TokenStream) -> TokenStream {
    let span = expression.span();
    match expression {
        Expr::Infer(_) => quote_spanned!(span=> #p::Arg::OPEN),
        Expr::Path(path) if path.path.is_ident("None") => quote_spanned!(span=> #p::Arg::ABSENT),
        Expr::Path(path) => match (path.path.get_ident(), within) {
            (Some(name), Some(within)) if within.sizes.is_size(name) => {
                let local = dimension(name);
                quote!(#local)
            }
            _ => rust(expression, within.is_some(), p),
        },
        Expr::Paren(inner) => value(&inner.expr, within, p),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let positive = value(&unary.expr, within, p);
            quote_spanned!(span=> #positive.negative())
        }
        Expr::Tuple(tuple) => list(tuple.elems.iter(), within, p, span),
        Expr::Array(array) => list(array.elems.iter(), within, p, span),
        Expr::Unary(unary) if let Some(Within { at, .. }) = computing(expression, within) => {
            let inner = value(&unary.expr, within, p);
            quote_spanned!(span=> #at.not(#inner))
        }
        Expr::Binary(binary) if let Some(by) = computing(expression, within) => {
            let (left, right) = (
                value(&binary.left, within, p),
                value(&binary.right, within, p),
            );
            operation(&binary.op, by, &left, &right, span)
        }
        Expr::Block(block) if let Some(inner) = inner(block) => value(inner, within, p),
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) if int.suffix().is_empty() => {
            let int = LitInt::new(&format!("{int}usize"), span);
            quote_spanned!(span=> #p::Lift(#int).arg())
        }
        _ => rust(expression, within.is_some(), p),
    }
}

/// The definition that computes an expression of its sizes; none where Rust can compute it.
fn computing<'w>(expression: &Expr, within: Option<Within<'w>>) -> Option<Within<'w>> {
    within.filter(|within| within.sizes.are_mentioned(expression))
}

/// An operation on sizes of a definition, which may not be known yet.
fn operation(
    op: &BinOp,
    Within { at, number, .. }: Within<'_>,
    left: &TokenStream,
    right: &TokenStream,
    span: Span,
) -> TokenStream {
    match op {
        BinOp::Div(_) if number => {
            quote_spanned!(span=> #at.number_quotient(#left, #right))
        }
        BinOp::Add(_) => quote_spanned!(span=> #at.size_sum(#left, #right)),
        BinOp::Sub(_) => quote_spanned!(span=> #at.size_difference(#left, #right)),
        BinOp::Mul(_) => quote_spanned!(span=> #at.size_product(#left, #right)),
        BinOp::Div(_) => quote_spanned!(span=> #at.size_quotient(#left, #right)),
        BinOp::Rem(_) => quote_spanned!(span=> #at.size_remainder(#left, #right)),
        BinOp::Eq(_) => quote_spanned!(span=> #at.size_equal(#left, #right)),
        BinOp::Ne(_) => quote_spanned!(span=> #at.not(#at.size_equal(#left, #right))),
        BinOp::Lt(_) => quote_spanned!(span=> #at.size_less(#left, #right)),
        BinOp::Gt(_) => quote_spanned!(span=> #at.size_less(#right, #left)),
        BinOp::Le(_) => quote_spanned!(span=> #at.not(#at.size_less(#right, #left))),
        BinOp::Ge(_) => quote_spanned!(span=> #at.not(#at.size_less(#left, #right))),
        BinOp::And(_) => quote_spanned!(span=> #at.both(#left, #right)),
        BinOp::Or(_) => quote_spanned!(span=> #at.either(#left, #right)),
        _ => syn::Error::new(op.span(), "sizes take + - * / %, comparisons, && || and !")
            .into_compile_error(),
    }
}

fn list<'e>(
    parts: impl Iterator<Item = &'e Expr>,
    within: Option<Within<'_>>,
    p: &TokenStream,
    span: Span,
) -> TokenStream {
    let parts = parts.map(|part| value(part, within, p));
    quote_spanned!(span=> #p::Arg::list(&[#(#parts),*]))
}

/// Whether there is arithmetic in an expression.
fn is_computed(expression: &Expr) -> bool {
    match expression {
        Expr::Binary(_) => true,
        Expr::Paren(inner) => is_computed(&inner.expr),
        Expr::Block(block) => inner(block).is_some_and(is_computed),
        _ => false,
    }
}
