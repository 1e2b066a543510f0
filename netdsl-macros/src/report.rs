//! Collects the mistakes of one `network!`, so that all are told at once, in the order of the source.

use proc_macro2::{Span, TokenStream};

/// The mistakes found so far.
#[derive(Default)]
pub struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// Adds a mistake at a place.
    pub fn push(&mut self, span: Span, message: impl std::fmt::Display) {
        self.found.push(syn::Error::new(span, message));
    }

    /// Adds a mistake that a parser has found.
    pub fn add(&mut self, error: syn::Error) {
        self.found.push(in_our_words(error));
    }

    /// The mistakes as compile errors; `None` where there are none.
    pub fn into_compile_errors(mut self) -> Option<TokenStream> {
        if self.found.is_empty() {
            return None;
        }
        self.found.sort_by_key(|error| {
            let start = error.span().start();
            (start.line, start.column)
        });
        Some(
            self.found
                .iter()
                .map(syn::Error::to_compile_error)
                .collect(),
        )
    }
}

/// A parser's words, where ours say better what is missing. That something ends is seen at the place.
fn in_our_words(error: syn::Error) -> syn::Error {
    let message = error.to_string();
    let missing = message.trim_start_matches("unexpected end of input, ");
    let words = match missing {
        "expected identifier or integer" => {
            "expected a name after the `.`, such as that of an operation: `x.relu()`"
        }
        "expected curly braces" => "expected a body in braces: `{ … }`",
        missing if missing.len() < message.len() => missing,
        _ => return error,
    };
    syn::Error::new(error.span(), words)
}
