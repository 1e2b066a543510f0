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
        Expr::Binary(binary) if mentions_dimension(expression, within) => {
            let at = within.map(|(_, at)| at);
            let (left, right) = (
                value(&binary.left, within, p),
                value(&binary.right, within, p),
            );
            let method = match binary.op {
                BinOp::Add(_) => quote!(size_sum),
                BinOp::Sub(_) => quote!(size_difference),
                BinOp::Mul(_) => quote!(size_product),
                _ => quote!(size_quotient),
            };
            quote_spanned!(span=> #at.#method(#left, #right))
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

fn list<'e>(
    parts: impl Iterator<Item = &'e Expr>,
    within: Option<(&Dimensions, &Ident)>,
    p: &TokenStream,
    span: Span,
) -> TokenStream {
    let parts = parts.map(|part| value(part, within, p));
    quote_spanned!(span=> #p::Arg::list(&[#(#parts),*]))
}

fn mentions_dimension(expression: &Expr, within: Option<(&Dimensions, &Ident)>) -> bool {
    let Some((dimensions, _)) = within else {
        return false;
    };
    match expression {
        Expr::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|name| dimensions.is_dimension(name)),
        Expr::Paren(inner) => mentions_dimension(&inner.expr, within),
        Expr::Binary(binary) => {
            mentions_dimension(&binary.left, within) || mentions_dimension(&binary.right, within)
        }
        _ => false,
    }
}
