//! `__NetDefinition`: the network as the compiler runs it.
//!
//! ```text
//! pub struct __LeNetDefinition { /* constant and dimension parameters */ }
//! impl __LeNetDefinition {
//!     pub const fn constants(self, …) -> Self;
//!     pub const fn sizes(self, …) -> Self;
//!     pub const fn forward<'t>(&self, at: Scope<'t>, image: Tensor<'t>) -> Tensor<'t>;
//!     const fn run<…>(self) -> Checked<5>;             // forward, until nothing more is learned
//!     pub const CHECKED: &'static Checked<5>;                   // what is wrong, which layers are ready
//! }
//! const _: () = __LeNetDefinition::CHECKED.verdict.raise(SITES, 0); // at each place that may be to blame
//! ```

use crate::expand::call::Called;
use crate::expand::{argument, body, call, definition_name, generics, layers, shown, sites};
use crate::model::names::Form;
use crate::model::{Demand, Network};
use crate::syntax::{Field, Forward, ResultShape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// The definition and the items that make the compiler evaluate it.
pub fn expand(network: &Network<'_>) -> TokenStream {
    let name = definition_name(network);
    let p = quote!(::netdsl::__private);
    let visibility = &network.item.visibility;
    let parameters = &network.item.parameters;
    let parameters_shown = parameters.iter().map(shown);
    let (positions, constants): (Vec<_>, Vec<_>) = generics::constants(network).unzip();
    let kinds: Vec<_> = network.any_kind().map(|field| &field.name).collect();
    let within: Vec<_> = generics::depending(network)
        .map(|field| &field.name)
        .collect();
    let at = Ident::new("__at", Span::mixed_site());
    let within_parts: Vec<_> = generics::depending(network)
        .map(|field| {
            let kind = field.layer.written().0;
            let (stand_in, _) = generics::without_constants(kind, network, &at);
            quote_spanned!(kind.span()=> <#stand_in as ::netdsl::__private::Part>)
        })
        .collect();
    let given = network.item.parameters.is_empty();
    let whole = network.item.named_parameters().next().is_none();
    let named: Vec<_> = network.item.named_parameters().collect();
    let layers = network.fields().len();
    let forward = forward(network);
    let inputs = 0..argument_names(network).len() as u32;
    let shown = shown(&network.item.name);
    let raised = raise(network);
    let question = match network.demand {
        Demand::Usual => quote!(NeverTold),
        Demand::Eager => quote!(Waits),
        Demand::Loaded => quote!(Nothing),
    };
    quote! {
        #[doc(hidden)]
        #[derive(Clone, Copy)]
        #[allow(non_snake_case)]
        #visibility struct #name {
            #(pub #constants: #p::Arg,)*
            #(pub #kinds: #p::Foreign,)*
            #(#within: #within_parts::Definition,)*
            #(pub #parameters: #p::Arg,)*
        }

        #[doc(hidden)]
        #[allow(long_running_const_eval, non_snake_case, dead_code, unused_mut, unused_parens, unused_braces, clippy::all, missing_docs)]
        impl #name {
            pub const BLANK: Self = Self {
                #(#constants: #p::Arg::OPEN,)*
                #(#kinds: #p::Foreign::UNKNOWN,)*
                #(#within: #within_parts::DEFINITION,)*
                #(#parameters: #p::Arg::OPEN,)*
            };
            pub const PARAMETERS: &'static [&'static str] = &[#(#parameters_shown),*];

            pub const fn constants(mut self, __given: &[::core::option::Option<#p::Arg>]) -> Self {
                #(
                    if let ::core::option::Option::Some(__given) = __given[#positions] {
                        self.#constants = __given;
                    }
                )*
                self
            }

            pub const fn sizes(mut self #(, #parameters: #p::Arg)*) -> Self {
                #(self.#parameters = #parameters;)*
                self
            }

            pub const fn listed(mut self, __sizes: &[#p::Arg]) -> Self {
                let mut __i = 0;
                #(
                    if __i < __sizes.len() {
                        self.#parameters = __sizes[__i];
                    }
                    __i += 1;
                )*
                let _ = __i;
                self
            }

            #forward

            const fn learn<'t>(self, __trace: &'t #p::Trace<'t>) {
                loop {
                    let __begun = __trace.begin();
                    let _ = self.forward(__begun #(, __trace.unknown_input(#inputs))*);
                    if !__trace.again() {
                        break;
                    }
                }
            }

            const fn run<const D: usize, const S: usize, const N: usize, const P: usize, const T: usize, const F: usize, const E: usize>(self, __whole: bool, __question: #p::Question) -> #p::Checked<#layers> {
                let __storage = #p::Storage::<{ D }, { S }, { N }, { P }, { T }, { F }, { E }>::new();
                let __trace = __storage.trace(__whole, __question);
                self.learn(&__trace);
                __trace.checked::<#layers>(self.is_blank())
            }

            const fn is_blank(&self) -> bool {
                true #(&& self.#named.is_open())*
            }

            const COUNTS: #p::Counts = #name::BLANK.run::<0, 0, 0, 0, 0, 0, 0>(#whole, #p::Question::Nothing).counts;

            const fn run_here(self, __whole: bool, __question: #p::Question) -> #p::Checked<#layers> {
                self.run::<
                    { #name::COUNTS.room_for_dims() },
                    { #name::COUNTS.scopes },
                    { #name::COUNTS.sizes },
                    { #name::COUNTS.parameters },
                    { #name::COUNTS.ties },
                    { #name::COUNTS.room_for_nodes() },
                    { #name::COUNTS.room_for_edges() },
                >(__whole, __question)
            }

            // With numbers given there may be more to hold than without: longer stacks.
            const fn run_whole(self, __whole: bool) -> #p::Checked<#layers> {
                let __question = #p::Question::#question;
                let __needed = self.run::<0, 0, 0, 0, 0, 0, 0>(__whole, #p::Question::Nothing).counts;
                match __needed.room(&#name::COUNTS) {
                    0 => self.run_here(__whole, __question),
                    1 => self.run::<4096, 1024, 1024, 1024, 1024, 0, 0>(__whole, __question),
                    2 => self.run::<16_384, 4096, 4096, 4096, 4096, 0, 0>(__whole, __question),
                    // Larger still: it is checked where it is built.
                    _ => *#name::CHECKED,
                }
            }

            pub const CHECKED: &'static #p::Checked<#layers> = &#name::BLANK.run_here(#whole, #p::Question::#question);

            const fn find<const D: usize, const S: usize, const N: usize, const P: usize, const T: usize, const ROOM: usize>(self) -> #p::Found<ROOM> {
                let __storage = #p::Storage::<{ D }, { S }, { N }, { P }, { T }, 0, 0>::new();
                let __trace = __storage.trace(#given, #p::Question::Open);
                self.learn(&__trace);
                __trace.list_found()
            }

            const fn find_whole<const ROOM: usize>(self) -> #p::Found<ROOM> {
                match self.run::<0, 0, 0, 0, 0, 0, 0>(#given, #p::Question::Nothing).counts.room(&#name::COUNTS) {
                    0 => self.find::<
                        { #name::COUNTS.room_for_dims() },
                        { #name::COUNTS.scopes },
                        { #name::COUNTS.sizes },
                        { #name::COUNTS.parameters },
                        { #name::COUNTS.ties },
                        ROOM,
                    >(),
                    1 => self.find::<4096, 1024, 1024, 1024, 1024, ROOM>(),
                    _ => self.find::<65_536, 16_384, 16_384, 16_384, 16_384, ROOM>(),
                }
            }

            // Seldom asked for: what depends on a type is evaluated where it is used only.
            pub const fn unresolved<T: #p::Part<Definition = Self>>() -> &'static [#p::Unresolved] {
                let __found: &'static #p::Found<{ #name::COUNTS.room_to_find() }> = const { &T::DEFINITION.find_whole() };
                __found.sizes()
            }

            /// What is wrong with these numbers. Without any it is what the definition has been checked for already,
            /// unless that was before all were given that will be.
            pub const fn verified(self, __whole: bool) -> #p::Verdict {
                if #name::CHECKED.verdict.faults == 0 && !(self.is_blank() && __whole == #whole) {
                    return self.run_whole(__whole).verdict;
                }
                #p::Verdict { faults: 0, ..#name::CHECKED.verdict }
            }

            #[track_caller]
            pub const fn verify(self, __whole: bool) {
                self.verified(__whole).raise_beside(#shown, &[], 0);
            }
        }

        #p::called!(#name);

        #raised
    }
}

/// The items that raise each mistake at its place. A constant that fails is told at its own place in
/// the source, so there is one for each place that may be to blame.
fn raise(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    // Every token at the place to blame, or the compiler points at all that lies between two places.
    let name_at = |span| Ident::new(&definition_name(network).to_string(), span);
    let sites = sites::of(network);
    let mut count = 0_usize..;
    let raised = sites.iter().map(|group| {
        let calls = group.iter().zip(&mut count).map(|(&span, place)| {
            let name = name_at(span);
            quote_spanned!(span=> #name::CHECKED.verdict.raise(#name::SITES, #place);)
        });
        quote!(const _: () = { #(#calls)* };)
    });
    let here = sites
        .iter()
        .flatten()
        .map(|&span| quote_spanned!(span=> ::netdsl::__private::here()));
    let (span, name) = (network.item.name.span(), name_at(network.item.name.span()));
    let others = quote_spanned!(span=> #name::CHECKED.verdict.raise_others(#name::SITES));
    quote! {
        #[allow(dead_code)]
        impl #name {
            const SITES: &'static [#p::Site] = &[#(#here),*];
        }
        #(#[allow(long_running_const_eval)] #raised)*
        #[allow(long_running_const_eval)]
        const _: () = { #others };
    }
}

/// The names of `forward`'s arguments; a network without one has a single input.
pub fn argument_names(network: &Network<'_>) -> Vec<Ident> {
    match &network.item.forward {
        Some(forward) => forward
            .arguments
            .iter()
            .map(|argument| argument.name.clone())
            .collect(),
        None => vec![Ident::new("__input", Span::mixed_site())],
    }
}

fn forward(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let at = Ident::new("__at", Span::mixed_site());
    let dimensions = dimensions(network, &at);
    let layers = network
        .fields()
        .iter()
        .map(|field| layers::declare(network, field, &at));
    let ties = network
        .fields()
        .iter()
        .flat_map(|field| layers::ties(field, &at));
    let taken = network.taken();
    let arguments = argument_names(network);
    let changes = arguments.iter().enumerate().map(|(i, _)| {
        let forward = network.item.forward.as_ref();
        forward.and_then(|forward| forward.arguments[i].changes)
    });
    let (signature, body, result) = match &network.item.forward {
        Some(forward) => {
            let signature = forward.arguments.iter().filter_map(|argument| {
                let shape = argument.shape.as_ref()?;
                let (changes, name) = (&argument.changes, &argument.name);
                let shown = shown(name);
                let sizes = shape.iter().map(|size| argument::written(size, &network.dimensions, &at));
                Some(quote_spanned!(name.span()=> let #changes #name = #at.argument(#shown, #name, &[#(#sizes),*]);))
            });
            let body = body::rewrite(network, forward, &at);
            (
                quote!(#(#signature)*),
                returned(network, forward, &body, &at),
                result_type(&forward.result),
            )
        }
        None => {
            // What a layer gives and the next one does not take is told at the layer.
            let mut x = arguments[0].clone();
            let is_taken = |field: &&Field| taken.iter().any(|(own, _)| own.name == field.name);
            let called = network.fields().iter().filter(|field| !is_taken(field));
            let body: Vec<_> = called
                .map(|field| {
                    let mut name = field.name.clone();
                    name.set_span(field.layer.written().0.span());
                    let called = Called::new(&name, field, network, &at);
                    let value = called.call(Form::of(&field.layer), [&x]);
                    let value = call::only(&value, name.span());
                    x.set_span(x.span().located_at(field.name.span()));
                    quote!(let #x = #value;)
                })
                .collect();
            (
                quote!(),
                quote!(#(#body)* #at.returned(#x)),
                quote!(#p::Tensor<'t>),
            )
        }
    };
    let attributes = network
        .item
        .forward
        .iter()
        .flat_map(|forward| &forward.attributes);
    let taken = taken
        .iter()
        .map(|(field, tie)| call::take(&field.name, tie.span));
    let (listed, eager) = (
        network.item.forward.is_none(),
        network.demand == Demand::Eager,
    );
    quote! {
        #(#attributes)*
        pub const fn forward<'t>(&self, #at: #p::Scope<'t> #(, #changes #arguments: #p::Tensor<'t>)*) -> #result {
            use #p::{NoArgument as _, NoCall as _, NoElements as _, NoNumber as _, NoShapeRule as _, NotOnly as _, NotTaken as _};
            let #at = #at.network(#listed, #eager);
            #dimensions
            #(#layers)*
            #(#ties)*
            #(#taken)*
            #signature
            #body
        }
    }
}

/// Dimension parameters and named unknowns as local variables.
fn dimensions(network: &Network<'_>, at: &Ident) -> TokenStream {
    let parameters = network.item.named_parameters().map(|name| {
        let (local, shown) = (argument::dimension(name), shown(name));
        let constant = network
            .item
            .constants()
            .any(|constant| constant.name == *name);
        quote!(let #local = #at.dimension(#shown, #constant, self.#name);)
    });
    let unknowns = network.dimensions.unknowns.values().map(|name| {
        let (local, shown) = (argument::dimension(name), shown(name));
        quote!(let #local = #at.unknown(#shown);)
    });
    quote!(#(#parameters)* #(#unknowns)*)
}

/// A result of `forward`, held against its signature.
pub fn returned(
    network: &Network<'_>,
    forward: &Forward,
    value: &TokenStream,
    at: &Ident,
) -> TokenStream {
    let result = Ident::new("__result", Span::mixed_site());
    let end = forward.body.brace_token.span.close();
    let checked = result_check(network, &forward.result, &quote!(#result), at, end);
    let shape = result_type(&forward.result);
    quote!(let #result: #shape = #value; #checked)
}

fn result_type(result: &ResultShape) -> TokenStream {
    match result {
        ResultShape::Tuple(parts) => {
            let parts = parts.iter().map(result_type);
            quote!((#(#parts,)*))
        }
        _ => quote!(::netdsl::__private::Tensor<'t>),
    }
}

fn result_check(
    network: &Network<'_>,
    result: &ResultShape,
    value: &TokenStream,
    at: &Ident,
    end: Span,
) -> TokenStream {
    match result {
        ResultShape::Any => quote!(#at.returned(#value)),
        ResultShape::Shape(sizes) => {
            let span = sizes.first().map_or(end, Spanned::span);
            let sizes = sizes
                .iter()
                .map(|size| argument::written(size, &network.dimensions, at));
            quote_spanned!(span=> #at.result(#value, &[#(#sizes),*]))
        }
        ResultShape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(i, part)| {
                let index = syn::Index::from(i);
                result_check(network, part, &quote!(#value.#index), at, end)
            });
            quote!((#(#parts,)*))
        }
    }
}
