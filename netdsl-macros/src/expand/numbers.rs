//! Numbers as written in a body.

use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitFloat, parse_quote};

/// Whether a number says of which type it is: `0.5f32`, `-1_i64`.
pub fn has_type(value: &Expr) -> bool {
    match value {
        Expr::Lit(literal) => !literal.lit.suffix().is_empty(),
        Expr::Unary(unary) => has_type(&unary.expr),
        Expr::Paren(inner) => has_type(&inner.expr),
        _ => false,
    }
}

/// Whether a value is a number as written: `12`, `(12.0)`, `12u8`.
pub fn is_number(value: &Expr) -> bool {
    literal(value).is_some()
}

/// A number that says of which type it is: `12f64` for `12`, whose type nothing around it tells.
pub fn with_type(value: &Expr) -> Expr {
    let digits = match literal(value) {
        Some(Lit::Int(number)) if !has_type(value) => number.base10_digits(),
        Some(Lit::Float(number)) if !has_type(value) => number.base10_digits(),
        _ => return value.clone(),
    };
    let number = LitFloat::new(&format!("{digits}f64"), value.span());
    parse_quote!(#number)
}

fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Paren(inner) => literal(&inner.expr),
        Expr::Lit(ExprLit { lit, .. }) if matches!(lit, Lit::Int(_) | Lit::Float(_)) => Some(lit),
        _ => None,
    }
}
