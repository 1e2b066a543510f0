//! The `network!` macro of netdsl. It knows syntax, not layers: what a layer is and does is said by
//! the constant functions of the library, which the code written here calls.
//!
//! `syntax` (what was written) → `model` (what it means) → `check` (a list of passes) →
//! `expand` (tokens out; cannot fail). Mistakes are collected in `report` on the way.

mod check;
mod construct;
mod expand;
mod model;
mod report;
mod syntax;

use proc_macro::TokenStream;

#[expect(
    missing_docs,
    reason = "its documentation is where it is exported, in `netdsl`"
)]
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    network_tokens(input.into()).into()
}

fn network_tokens(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let input = syntax::without_idle_raw(input);
    let mut errors = report::Errors::default();
    if construct::is_construction(&input) {
        return match syntax::construction(input, &mut errors) {
            Some(construction) => construct::expand(&construction),
            None => errors.into_compile_errors().unwrap_or_default(),
        };
    }
    let mut written = syntax::definitions(input, &mut errors);
    let names = written.functions.iter();
    let names: Vec<_> = names
        .map(|function| function.item.sig.ident.clone())
        .collect();
    let networks: Vec<_> = written
        .networks
        .iter_mut()
        .map(|item| model::Network::of(item, &names, &mut errors))
        .collect();
    check::all(&networks, &mut errors);
    let functions: Vec<_> = written
        .functions
        .iter_mut()
        .map(|function| model::Function::of(function, &names, &mut errors))
        .collect();
    for function in &functions {
        check::function(function, &mut errors);
    }
    match errors.into_compile_errors() {
        Some(errors) => errors,
        None => {
            let functions = functions.iter().map(expand::function);
            functions
                .chain(networks.iter().map(expand::network))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests;
