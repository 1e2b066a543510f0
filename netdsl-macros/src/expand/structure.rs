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

use crate::expand::{definition, definition_name, documentation, generics, shown};
use crate::model::Network;
use crate::syntax::{Field, Layer, ResultShape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Path, Token};

/// The struct and its implementations.
pub fn expand(network: &Network<'_>) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let item = network.item;
    let attributes = item.attributes.iter().map(without_given);
    let (visibility, name) = (&item.visibility, &item.name);
    let definition = definition_name(network);
    let fields = network.fields().iter().enumerate().map(|(i, field)| {
        let kind = field.layer.written().0;
        let ready = quote!({ #definition::CHECKED.ready[#i] });
        let held = if network.is_any_kind(kind) {
            quote_spanned!(kind.span()=> <#kind as #p::UnaryLayer>::Held<E>)
        } else if field.layer.ties().is_empty() {
            quote_spanned!(kind.span()=> #p::Held<#kind, #ready, E>)
        } else {
            quote_spanned!(kind.span()=> #p::Held<#p::Tied<#kind>, #ready, E>)
        };
        declare(network, field, &held)
    });
    let names: Vec<_> = network.fields().iter().map(|field| &field.name).collect();
    let (declared, given) = (generics::declared(network), generics::given(network));
    let with_defaults = generics::with_defaults(network);
    let instance_definition = generics::definition(network, &definition);
    let conditions = &item.conditions;
    let unary = unary(network);
    let instance = instance(network);
    let visits = network
        .fields()
        .iter()
        .map(|field| visit(field, &quote!(&)));
    let visits_mut = network
        .fields()
        .iter()
        .map(|field| visit(field, &quote!(&mut)));
    let parameters = &item.parameters;
    let parameters_shown = parameters.iter().map(shown);
    let names_shown = names.iter().copied().map(shown);
    let forward = forward(network);
    let trace = trace(network);
    let shown_name = shown(name);
    let inputs = definition::argument_names(network).len();
    let count = parameters.len();
    let layers_doc = documentation::of_network(network);
    let shapes = documentation::shapes(network);
    let see_shapes = documentation::see_shapes(network);
    let index = 0..count;
    let sizes_doc = match count {
        0 => "Builds the network.".to_owned(),
        _ => "Builds the network; each size is a number or `Arg::OPEN`, `_`.".to_owned(),
    };
    quote! {
        #(#attributes)*
        #[doc = #layers_doc]
        #see_shapes
        #[derive(::core::clone::Clone)]
        #visibility struct #name<#with_defaults E: #p::Element = f32> #conditions {
            // First, for it is cloned first: a copy that is made while another thread binds waits for that.
            __core: #p::Core<E>,
            #(#fields,)*
        }

        impl<#declared> #p::Part for #name<#given f32> #conditions {
            type Definition = #definition;
            const DEFINITION: #definition = #instance_definition;
            const KIND: &'static str = #shown_name;
            const SIZES: &'static [&'static str] = #definition::PARAMETERS;
            const FAULTS: usize = #definition::CHECKED.verdict.faults;
            type Ready<E: #p::Element> = #name<#given E>;
            type Waiting<E: #p::Element> = #name<#given E>;
        }

        impl<#declared> #name<#given f32> #conditions {
            /// The sizes that the compiler leaves open, each with the shortest fact that would close it.
            pub const UNRESOLVED: &'static [#p::Unresolved] = #definition::unresolved::<Self>();

            #[doc = #sizes_doc]
            ///
            /// # Errors
            /// If the sizes given contradict each other.
            #[track_caller]
            #[allow(clippy::new_ret_no_self, clippy::too_many_arguments)]
            pub fn new(#(#parameters: impl ::core::convert::Into<#p::Arg>),*) -> ::core::result::Result<Self, #p::Error> {
                #p::Network::build(<Self as #p::Part>::DEFINITION.sizes(#(::core::convert::Into::into(#parameters)),*), 0)
            }
        }

        #shapes

        #unary

        #forward

        #[doc(hidden)]
        impl<#declared E: #p::Element> #p::Network<E> for #name<#given E> #conditions {
            type Definition = #definition;
            const NAME: &'static str = #shown_name;
            const INPUTS: usize = #inputs;

            fn definition(&self) -> #definition {
                let __arguments = self.__core.arguments();
                let _ = __arguments;
                <#name<#given f32> as #p::Part>::DEFINITION.sizes(#(__arguments.get(#index).copied().unwrap_or(#p::Arg::OPEN)),*)
            }

            fn arguments(__definition: &#definition) -> ::std::vec::Vec<(&'static str, #p::Arg)> {
                let _ = __definition;
                #instance
                ::std::vec![#((#parameters_shown, __definition.#parameters)),*]
            }

            #trace

            fn core(&self) -> &#p::Core<E> {
                &self.__core
            }

            fn core_mut(&mut self, _: #p::Access) -> &mut #p::Core<E> {
                &mut self.__core
            }
        }

        impl<#declared E: #p::Element> #p::Assemble<E> for #name<#given E> #conditions {
            fn assemble(__parts: &mut #p::Parts<E>, __path: &str) -> Self {
                Self {
                    #(#names: #p::Assemble::assemble(__parts, &#p::join(__path, #names_shown)),)*
                    __core: #p::Core::part(__parts, __path, #definition::PARAMETERS),
                }
            }
        }

        impl<#declared E: #p::Element> #p::Module<E> for #name<#given E> #conditions {
            fn kind(&self) -> &'static str {
                #shown_name
            }

            fn children<'a>(&'a self, __visit: &mut dyn ::core::ops::FnMut(#p::Name, &'a dyn #p::Module<E>)) {
                let _ = &__visit;
                #(#visits)*
            }

            fn children_mut(&mut self, _: #p::Access, __visit: &mut dyn ::core::ops::FnMut(#p::Name, &mut dyn #p::Module<E>)) {
                let _ = &__visit;
                #(#visits_mut)*
            }

            fn built_with(&self) -> &[#p::Arg] {
                self.__core.arguments()
            }

            fn built_with_names(&self) -> &'static [&'static str] {
                #definition::PARAMETERS
            }
        }

        impl<#declared E: #p::Element> ::core::fmt::Display for #name<#given E> #conditions {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&#p::Network::summary(self), __f)
            }
        }

        impl<#declared E: #p::Element> ::core::fmt::Debug for #name<#given E> #conditions {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, __f)
            }
        }
    }
}

/// A field; `layer` is the type that holds its layer.
fn declare(network: &Network<'_>, field: &Field, layer: &TokenStream) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let Field {
        attributes,
        visibility,
        name,
        ..
    } = field;
    let held = match field.layer {
        Layer::One { .. } => layer.clone(),
        Layer::Stack { .. } => quote!(#p::Stack<#layer>),
        Layer::Optional { .. } => quote!(::core::option::Option<#layer>),
    };
    let doc = documentation::of_layer(network, field);
    quote!(#(#attributes)* #[doc = #doc] #visibility #name: #held)
}

/// Shows a field to a visitor, if it is there; `by` is `&` or `&mut`.
fn visit(field: &Field, by: &TokenStream) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let name = &field.name;
    let path = shown(name);
    let shown = quote!(#p::Name::Field(#path));
    match field.layer {
        Layer::Optional { .. } => quote! {
            if let ::core::option::Option::Some(__layer) = #by self.#name {
                __visit(#shown, __layer);
            }
        },
        _ => quote!(__visit(#shown, #by self.#name);),
    }
}

/// Makes the compiler check the network with the constants that it is used with.
fn instance(network: &Network<'_>) -> Option<TokenStream> {
    let p = quote!(::netdsl::__private);
    let (name, given) = (&network.item.name, generics::given(network));
    let whole = network.item.parameters.is_empty();
    let span = name.span();
    let verify = quote_spanned!(span=> <#name<#given f32> as #p::Part>::DEFINITION.verify(#whole));
    (!network.item.generics.is_empty()).then(|| quote!(const { #verify }))
}

/// An attribute without what every network has already: `#[derive(Clone, Debug)]` says nothing wrong.
fn without_given(attribute: &Attribute) -> TokenStream {
    let derived = Punctuated::<Path, Token![,]>::parse_terminated;
    let is_given = |path: &&Path| {
        let name = path.segments.last().map(|segment| &segment.ident);
        name.is_some_and(|name| name == "Clone" || name == "Debug")
    };
    match attribute.parse_args_with(derived) {
        Ok(derived) if attribute.path().is_ident("derive") => {
            let kept = derived.iter().filter(|path| !is_given(path));
            quote_spanned!(attribute.span()=> #[derive(#(#kept),*)])
        }
        _ => quote!(#attribute),
    }
}

/// What lets a network of one argument and one result stand for a layer of any kind.
fn unary(network: &Network<'_>) -> Option<TokenStream> {
    let p = quote!(::netdsl::__private);
    let result = network.item.forward.as_ref().map(|forward| &forward.result);
    let single = !matches!(result, Some(ResultShape::Tuple(_)));
    if definition::argument_names(network).len() != 1 || !single {
        return None;
    }
    let (name, conditions) = (&network.item.name, &network.item.conditions);
    let (declared, given) = (generics::declared(network), generics::given(network));
    Some(quote! {
        #[doc(hidden)]
        impl<#declared> #p::UnaryLayer for #name<#given f32> #conditions {
            type Held<E: #p::Element> = #name<#given E>;

            fn call<'t>(__definition: &Self::Definition, __at: #p::Scope<'t>, __x: #p::Tensor<'t>) -> #p::Tensor<'t> {
                __definition.forward(__at, __x)
            }
        }
    })
}

/// The method that runs the network, with the arguments the user named.
fn forward(network: &Network<'_>) -> TokenStream {
    // Rust shows where it is defined to who calls it with other arguments.
    let forward = Ident::new("forward", network.item.name.span());
    let p = quote!(::netdsl::__private);
    let name = &network.item.name;
    let arguments = match &network.item.forward {
        Some(_) => definition::argument_names(network),
        None => vec![Ident::new("input", Span::mixed_site())],
    };
    let (declared, given) = (generics::declared(network), generics::given(network));
    let conditions = &network.item.conditions;
    let result = network
        .item
        .forward
        .as_ref()
        .map_or(&ResultShape::Any, |forward| &forward.result);
    let output = output_type(result);
    let outputs = Ident::new("__outputs", Span::mixed_site());
    let value = output_value(result, &outputs);
    quote! {
        impl<#declared E: #p::Element> #name<#given E> #conditions {
            /// Runs the network on a batch, in evaluation mode. The first run binds what is open.
            ///
            /// # Errors
            /// If a size does not fit; the network is then as it was.
            #[allow(clippy::type_complexity)]
            pub fn #forward(&self #(, #arguments: impl #p::Input<E>)*) -> ::core::result::Result<#output, #p::Error> {
                let #outputs = #p::Network::run(self, &[#(#p::Input::array(&#arguments)),*])?;
                let mut #outputs = ::core::iter::IntoIterator::into_iter(#outputs);
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
        fn trace<'t>(__definition: &Self::Definition, __at: #p::Scope<'t>, __inputs: &[#p::Tensor<'t>]) -> ::std::vec::Vec<#p::Tensor<'t>> {
            let #value = __definition.forward(__at #(, __inputs[#arguments])*);
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
