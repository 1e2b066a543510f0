//! The network itself: a struct that holds its layers, and the little code that walks over them.
//!
//! ```text
//! pub struct LeNet<E: Element = f32> {
//!     conv1: <Conv2d as Choose<{ CHECKED.ready[0] }, E>>::Field,   // Layer<Conv2d> or Deferred<Conv2d>
//!     …
//!     __core: Core<E>,
//! }
//! impl LeNet<f32> { pub fn new(…) -> Result<Self> }
//! impl<E: Element> LeNet<E> { pub fn forward(&self, image: impl Input<E>) -> Result<ArrayD<E>> }
//! ```

use crate::expand::{definition, definition_name};
use crate::model::Network;
use crate::syntax::{Field, Layer, ResultShape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// The struct and its implementations.
pub fn expand(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let item = network.item;
    let (attributes, visibility, name) = (&item.attributes, &item.visibility, &item.name);
    let definition = definition_name(network);
    let fields = network
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| declare(field, i, &definition));
    let names: Vec<_> = network.fields().iter().map(|field| &field.name).collect();
    let parameters = &item.parameters;
    let forward = forward(network);
    let trace = trace(network);
    let shown = name.to_string();
    let inputs = definition::argument_names(network).len();
    let count = parameters.len();
    let index = 0..count;
    let sizes_doc = match count {
        0 => "Builds the network.".to_owned(),
        _ => "Builds the network; each size is a number or `Arg::OPEN`, `_`.".to_owned(),
    };
    quote! {
        #(#attributes)*
        #visibility struct #name<E: #p::Element = f32> {
            #(#fields,)*
            __core: #p::Core<E>,
        }

        impl #p::Part for #name<f32> {
            type Definition = #definition;
            const DEFINITION: #definition = #definition::BLANK;
            const KIND: &'static str = #shown;
            const SIZES: &'static [&'static str] = #definition::PARAMETERS;
            const FAULTS: usize = #definition::CHECKED.faults;
            type Ready<E: #p::Element> = #name<E>;
            type Waiting<E: #p::Element> = #name<E>;
        }

        impl #name<f32> {
            #[doc = #sizes_doc]
            ///
            /// # Errors
            /// If the sizes given contradict each other.
            #[allow(clippy::new_ret_no_self, clippy::too_many_arguments)]
            pub fn new(#(#parameters: impl ::core::convert::Into<#p::Arg>),*) -> ::core::result::Result<Self, #p::Error> {
                #p::Network::build(#definition::BLANK.sizes(#(#parameters.into()),*), 0)
            }
        }

        #forward

        #[doc(hidden)]
        impl<E: #p::Element> #p::Network<E> for #name<E> {
            type Definition = #definition;
            const NAME: &'static str = #shown;
            const INPUTS: usize = #inputs;

            fn definition(&self) -> #definition {
                let arguments = self.__core.arguments();
                let _ = arguments;
                #definition::BLANK.sizes(#(arguments.get(#index).copied().unwrap_or(#p::Arg::OPEN)),*)
            }

            fn arguments(definition: &#definition) -> ::std::vec::Vec<(&'static str, #p::Arg)> {
                let _ = definition;
                ::std::vec![#((::core::stringify!(#parameters), definition.#parameters)),*]
            }

            #trace

            fn core(&self) -> &#p::Core<E> {
                &self.__core
            }

            fn core_mut(&mut self) -> &mut #p::Core<E> {
                &mut self.__core
            }
        }

        impl<E: #p::Element> #p::Assemble<E> for #name<E> {
            fn assemble(parts: &mut #p::Parts<E>, path: &str) -> Self {
                Self {
                    #(#names: #p::Assemble::assemble(parts, &#p::join(path, ::core::stringify!(#names))),)*
                    __core: #p::Core::nested(),
                }
            }
        }

        impl<E: #p::Element> #p::Module<E> for #name<E> {
            fn kind(&self) -> &'static str {
                #shown
            }

            fn children<'a>(&'a self, visit: &mut dyn FnMut(#p::Name, &'a dyn #p::Module<E>)) {
                let _ = &visit;
                #(visit(#p::Name::Field(::core::stringify!(#names)), &self.#names);)*
            }

            fn children_mut(&mut self, visit: &mut dyn FnMut(#p::Name, &mut dyn #p::Module<E>)) {
                let _ = &visit;
                #(visit(#p::Name::Field(::core::stringify!(#names)), &mut self.#names);)*
            }
        }

        impl<E: #p::Element> ::core::fmt::Display for #name<E> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #p::Network::summary(self).fmt(f)
            }
        }

        impl<E: #p::Element> ::core::fmt::Debug for #name<E> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    }
}

fn declare(field: &Field, index: usize, definition: &Ident) -> TokenStream {
    let Field {
        attributes,
        visibility,
        name,
        layer,
    } = field;
    let p = quote!(::netdsl::__private);
    let each = |layer: &Layer| match layer {
        Layer::One { kind, ties, .. } if !ties.is_empty() => {
            quote_spanned!(kind.span()=> <#p::Tied<#kind> as #p::Choose<{ #definition::CHECKED.ready[#index] }, E>>::Field)
        }
        Layer::One { kind, .. } => {
            quote_spanned!(kind.span()=> <#kind as #p::Choose<{ #definition::CHECKED.ready[#index] }, E>>::Field)
        }
        Layer::Stack { .. } => quote!(()),
    };
    let held = match layer {
        Layer::One { .. } => each(layer),
        Layer::Stack { each: inner, .. } => {
            let inner = each(inner);
            quote!(#p::Stack<#inner>)
        }
    };
    quote!(#(#attributes)* #visibility #name: #held)
}

/// The method that runs the network, with the arguments the user named.
fn forward(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let name = &network.item.name;
    let arguments = definition::argument_names(network);
    let result = network
        .item
        .forward
        .as_ref()
        .map_or(&ResultShape::Any, |forward| &forward.result);
    let output = output_type(result);
    let outputs = Ident::new("__outputs", Span::mixed_site());
    let value = output_value(result, &outputs);
    quote! {
        impl<E: #p::Element> #name<E> {
            /// Runs the network on a batch, in evaluation mode. The first run binds what is open.
            ///
            /// # Errors
            /// If a size does not fit; the network is then as it was.
            #[allow(clippy::type_complexity)]
            pub fn forward(&self #(, #arguments: impl #p::Input<E>)*) -> ::core::result::Result<#output, #p::Error> {
                let #outputs = #p::Network::run(self, &[#(#p::Input::array(&#arguments)),*])?;
                let mut #outputs = #outputs.into_iter();
                #value
            }
        }
    }
}

fn output_type(result: &ResultShape) -> TokenStream {
    match result {
        ResultShape::Tuple(parts) => {
            let parts = parts.iter().map(output_type);
            quote!((#(#parts,)*))
        }
        _ => quote!(::netdsl::__private::ArrayD<E>),
    }
}

/// The result of `forward`: one output, or a tuple of them.
fn output_value(result: &ResultShape, outputs: &Ident) -> TokenStream {
    match result {
        ResultShape::Tuple(parts) => {
            let parts = parts.iter().map(|part| {
                let part = output_value(part, outputs);
                quote!(#part?)
            });
            quote!(::core::result::Result::<_, ::netdsl::__private::Error>::Ok((#(#parts,)*)))
        }
        _ => quote!(::netdsl::__private::next_output(&mut #outputs)),
    }
}

/// Runs the definition on symbolic tensors and lists what comes out.
fn trace(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let arguments = 0..definition::argument_names(network).len();
    let result = network
        .item
        .forward
        .as_ref()
        .map_or(&ResultShape::Any, |forward| &forward.result);
    let value = format_ident!("__result", span = Span::mixed_site());
    let mut outputs = Vec::new();
    list_outputs(result, quote!(#value), &mut outputs);
    quote! {
        fn trace<'t>(definition: &Self::Definition, at: #p::Scope<'t>, inputs: &[#p::Tensor<'t>]) -> ::std::vec::Vec<#p::Tensor<'t>> {
            let #value = definition.forward(at #(, inputs[#arguments])*);
            ::std::vec![#(#outputs),*]
        }
    }
}

fn list_outputs(result: &ResultShape, value: TokenStream, outputs: &mut Vec<TokenStream>) {
    match result {
        ResultShape::Tuple(parts) => {
            for (i, part) in parts.iter().enumerate() {
                let index = syn::Index::from(i);
                list_outputs(part, quote!(#value.#index), outputs);
            }
        }
        _ => outputs.push(value),
    }
}
