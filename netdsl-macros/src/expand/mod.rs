//! Tokens out. What can go wrong has gone wrong before.
//!
//! For a network `Net` two items are written: `__NetDefinition`, whose constant functions say what
//! the network is (the compiler runs them), and `Net` itself, which holds its layers. All names used
//! are absolute, and all of them but Rust's own are in `netdsl::__private`.

pub mod argument;
mod body;
mod call;
mod definition;
mod documentation;
mod function;
pub mod generics;
mod last;
mod layers;
mod loops;
mod numbers;
mod sites;
mod structure;
mod undeclared;

use crate::model::{Function, Network};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// Everything a network becomes.
pub fn network(network: &Network<'_>) -> TokenStream {
    let definition = definition::expand(network);
    let structure = structure::expand(network);
    quote!(#definition #structure)
}

/// What a function beside networks becomes.
pub fn function(written: &Function<'_>) -> TokenStream {
    function::expand(written)
}

/// A name as it is shown and as files have it: `type` for `r#type`.
fn shown(name: &Ident) -> String {
    name.unraw().to_string()
}

fn definition_name(network: &Network<'_>) -> Ident {
    format_ident!("__{}Definition", network.item.name)
}
