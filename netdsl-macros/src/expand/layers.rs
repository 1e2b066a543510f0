//! The layers of a definition, declared at the beginning of its `forward`, and the ties between them.

use crate::expand::{argument, call, generics, shown};
use crate::model::Network;
use crate::syntax::{self, Field, Layer, Step, Tie};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

/// A layer's scope and definition as a local variable; a stack's length as a third.
pub fn declare(network: &Network<'_>, field: &Field, at: &Ident) -> TokenStream {
    let (local, shown) = (call::layer(&field.name), shown(&field.name));
    let (path, span) = (field.layer.written().0, field.layer.written().0.span());
    let argument = |value| argument::written(value, &network.dimensions, at);
    let LayerTokens {
        kind,
        faults,
        definition,
    } = match network.is_any_kind(path) {
        true => any_kind(field),
        false => one_kind(network, field, at),
    };
    let scope = match &field.layer {
        Layer::Optional { when, .. } => {
            let when = argument(when);
            quote_spanned!(span=> #at.optional(#shown, #kind, #faults, #when))
        }
        _ => quote_spanned!(span=> #at.layer(#shown, #kind, #faults)),
    };
    match &field.layer {
        Layer::Stack { count, .. } => {
            let count = argument(count);
            let stack = Ident::new("__stack", Span::mixed_site());
            quote!(let #local = {
                let #stack = #scope;
                (#stack, #definition, #stack.stack_length(#count))
            };)
        }
        _ => quote!(let #local = (#scope, #definition);),
    }
}

/// Ties a layer's parameters, or those of each member of a stack, to those of others, once all are declared.
pub fn ties(field: &Field, at: &Ident) -> impl Iterator<Item = TokenStream> {
    let (local, i) = (
        call::layer(&field.name),
        Ident::new("__i", Span::mixed_site()),
    );
    field.layer.ties().iter().map(move |tie| {
        let (name, transposed) = (shown(&tie.name), tie.transposed);
        let owned = tie.owned.as_ref().map_or(String::new(), shown);
        let owner = owner(tie, at);
        let tied = |layer| quote_spanned!(tie.span=> #at.tie((#layer, #name), (#owner, #owned), #transposed););
        match field.layer {
            Layer::Stack { .. } => {
                let tied = tied(quote!(#at.foresee_member(#local.0, #i)));
                quote!({
                    let mut #i = 0usize;
                    while #i < #local.2 {
                        #tied
                        #i += 1;
                    }
                })
            }
            _ => tied(quote!(#local.0)),
        }
    })
}

/// The scope of the layer that a tie leads to.
fn owner(tie: &Tie, at: &Ident) -> TokenStream {
    let layer = call::layer(&tie.owner);
    tie.steps.iter().fold(quote!(#layer.0), |within, step| {
        let span = step.span();
        match step {
            Step::Layer(name) => {
                let shown = shown(name);
                quote_spanned!(span=> #at.foresee(#within, #shown))
            }
            Step::Member(index) => quote_spanned!(span=> #at.foresee_member(#within, #index)),
        }
    })
}

/// What a definition says of one of its layers.
struct LayerTokens {
    kind: TokenStream,
    faults: TokenStream,
    definition: TokenStream,
}

/// A layer whose kind is a type parameter: the definition holds it.
fn any_kind(field: &Field) -> LayerTokens {
    let name = &field.name;
    LayerTokens {
        kind: quote!(self.#name.kind),
        faults: quote!(self.#name.faults),
        definition: quote!(self.#name),
    }
}

/// A layer of a kind that is written.
fn one_kind(network: &Network<'_>, field: &Field, at: &Ident) -> LayerTokens {
    let p = quote!(::netdsl::__private);
    let (kind, sizes, options) = field.layer.written();
    let (span, depends, name) = (kind.span(), generics::depends(kind, network), &field.name);
    let (kind, constants) = generics::without_constants(kind, network, at);
    let part = quote_spanned!(span=> <#kind as #p::Part>);
    let (words, written) = (
        Ident::new("__written", Span::mixed_site()),
        written(sizes, options),
    );
    let sizes = sizes
        .iter()
        .map(|size| argument::written(size, &network.dimensions, at));
    let constants = constants.map(|constants| quote_spanned!(span=> .constants(#constants)));
    let counted = quote_spanned!(span=> #at.count_sizes(#part::KIND, #part::SIZES, #words));
    let definition = match depends {
        true => quote_spanned!(span=> self.#name),
        false => quote_spanned!(span=> #part::DEFINITION),
    };
    let listed = quote_spanned!(span=> #definition #constants.listed(&[#(#sizes),*]));
    let set = with_options(network, (&part, &words), listed, options, at);
    LayerTokens {
        kind: quote_spanned!(span=> #part::KIND),
        faults: quote_spanned!(span=> #part::FAULTS),
        definition: quote!({ let #words = #written; #counted; #set }),
    }
}

/// The sizes and options of a layer as text.
fn written(sizes: &[Expr], options: &[(Ident, Expr)]) -> TokenStream {
    let sizes = sizes.iter().map(syntax::shown);
    let options = options.iter().map(|(name, value)| {
        let (name, value) = (shown(name), syntax::shown(value));
        quote!((#name, #value))
    });
    quote!(::netdsl::__private::Written { sizes: &[#(#sizes),*], options: &[#(#options),*] })
}

/// A definition whose options are set to what was written. `part` comes with the variable that holds that as text.
fn with_options(
    network: &Network<'_>,
    (part, words): (&TokenStream, &Ident),
    definition: TokenStream,
    options: &[(Ident, Expr)],
    at: &Ident,
) -> TokenStream {
    if options.is_empty() {
        return definition;
    }
    let local = Ident::new("__definition", Span::mixed_site());
    let options = options.iter().enumerate().map(|(i, (name, value))| {
        let place = value.span();
        let is_option =
            quote_spanned!(place=> #at.is_option(#part::KIND, #part::SIZES, #words, #i));
        let value = argument::option(value, &network.dimensions, at);
        quote_spanned!(name.span()=> #is_option; #local.#name = #value;)
    });
    quote!({ let mut #local = #definition; #(#options)* #local })
}
