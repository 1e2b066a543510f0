//! Sizes and options as written, turned into arguments that a layer can look at.

use crate::model::Dimensions;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprLit, Lit, LitInt, UnOp};

/// The local variable that holds a dimension's argument.
pub fn dimension(name: &Ident) -> Ident {
    format_ident!("__dim_{}", name, span = Span::mixed_site())
}

/// An argument of a network's definition, at the place where it was written.
pub fn written(expression: &Expr, dimensions: &Dimensions, at: &Ident) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let value = value(expression, Some((dimensions, at)), &p);
    // The call carries the user's place: the compiler is made to point at it.
    quote_spanned!(expression.span()=> #at.written(#value))
}

/// An argument outside any definition.
pub fn plain(expression: &Expr, p: &TokenStream) -> TokenStream {
    value(expression, None, p)
}

fn value(expression: &Expr, within: Option<(&Dimensions, &Ident)>, p: &TokenStream) -> TokenStream {
    let span = expression.span();
    match expression {
        Expr::Infer(_) => quote_spanned!(span=> #p::Arg::OPEN),
        Expr::Path(path) if path.path.is_ident("None") => quote_spanned!(span=> #p::Arg::ABSENT),
        Expr::Path(path) => match (path.path.get_ident(), within) {
            (Some(name), Some((dimensions, _))) if dimensions.is_dimension(name) => {
                let local = dimension(name);
                quote!(#local)
            }
            _ => quote_spanned!(span=> #p::Lift(#expression).arg()),
        },
        Expr::Paren(inner) => value(&inner.expr, within, p),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let positive = value(&unary.expr, within, p);
            quote_spanned!(span=> #positive.negative())
        }
        Expr::Tuple(tuple) => list(tuple.elems.iter(), within, p, span),
        Expr::Array(array) => list(array.elems.iter(), within, p, span),
        Expr::Unary(unary) if let Some(at) = scope_of(expression, within) => {
            let inner = value(&unary.expr, within, p);
            quote_spanned!(span=> #at.not(#inner))
        }
        Expr::Binary(binary) if let Some(at) = scope_of(expression, within) => {
            let (left, right) = (
                value(&binary.left, within, p),
                value(&binary.right, within, p),
            );
            operation(&binary.op, at, &left, &right, span)
        }
        Expr::Block(block) if let [syn::Stmt::Expr(inner, None)] = &block.block.stmts[..] => {
            value(inner, within, p)
        }
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) if int.suffix().is_empty() => {
            let int = LitInt::new(&format!("{int}usize"), span);
            quote_spanned!(span=> #p::Lift(#int).arg())
        }
        _ => quote_spanned!(span=> #p::Lift(#expression).arg()),
    }
}

/// The scope that computes an expression of the network's sizes; none where Rust can compute it.
fn scope_of<'w>(expression: &Expr, within: Option<(&Dimensions, &'w Ident)>) -> Option<&'w Ident> {
    let (dimensions, at) = within?;
    mentions_dimension(expression, dimensions).then_some(at)
}

/// An operation on sizes of a definition, which may not be known yet.
fn operation(
    op: &BinOp,
    at: &Ident,
    left: &TokenStream,
    right: &TokenStream,
    span: Span,
) -> TokenStream {
    match op {
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
    within: Option<(&Dimensions, &Ident)>,
    p: &TokenStream,
    span: Span,
) -> TokenStream {
    let parts = parts.map(|part| value(part, within, p));
    quote_spanned!(span=> #p::Arg::list(&[#(#parts),*]))
}

/// Whether an expression is made of names that stand for sizes of the network.
pub fn mentions_dimension(expression: &Expr, dimensions: &Dimensions) -> bool {
    match expression {
        Expr::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|name| dimensions.is_dimension(name)),
        Expr::Paren(inner) => mentions_dimension(&inner.expr, dimensions),
        Expr::Unary(unary) => mentions_dimension(&unary.expr, dimensions),
        Expr::Binary(binary) => {
            mentions_dimension(&binary.left, dimensions)
                || mentions_dimension(&binary.right, dimensions)
        }
        _ => false,
    }
}
