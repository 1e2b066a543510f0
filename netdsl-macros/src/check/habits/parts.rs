//! The parts that `chunk` makes: an array, of as many as a pattern says.

use super::Told;
use crate::syntax::shown;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Ident, Local, Pat, Stmt};

/// `let (a, b) = x.chunk(1);`, and `let y = x.chunk(1);` where nothing but `y[0]` follows, which tells no number of parts.
pub fn told(local: &Local, rest: &[Stmt]) -> Option<Told> {
    let Expr::MethodCall(call) = &*local.init.as_ref()?.expr else {
        return None;
    };
    if call.method != "chunk" || call.args.len() != 1 {
        return None;
    }
    let names = match &local.pat {
        Pat::Tuple(parts) => parts.elems.iter().map(shown).collect::<Vec<_>>().join(", "),
        Pat::Ident(name) if is_only_indexed(&name.ident, quote!(#(#rest)*)) => "a, b".to_owned(),
        _ => return None,
    };
    Some((local.pat.span(), message(&names, call)))
}

fn message(names: &str, call: &ExprMethodCall) -> String {
    let value = shown(call).replace("(- ", "(-");
    format!("equal parts are an array of as many as there are names: `let [{names}] = {value};`")
}

/// Whether a name occurs, and each time with an index.
fn is_only_indexed(name: &Ident, tokens: TokenStream) -> bool {
    let (all, indexed) = occurrences(name, tokens);
    all > 0 && all == indexed
}

/// How often a name occurs, and how often with an index.
fn occurrences(name: &Ident, tokens: TokenStream) -> (usize, usize) {
    let (mut all, mut indexed) = (0, 0);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == *name => {
                let has_index = matches!(tokens.peek(), Some(TokenTree::Group(index))
                    if index.delimiter() == Delimiter::Bracket);
                (all, indexed) = (all + 1, indexed + usize::from(has_index));
            }
            TokenTree::Group(group) => {
                let (within, with_index) = occurrences(name, group.stream());
                (all, indexed) = (all + within, indexed + with_index);
            }
            _ => {}
        }
    }
    (all, indexed)
}
