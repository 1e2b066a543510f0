//! Calls of layers: entered, called by one of their functions, left.
//!
//! ```text
//! lstm.forward_from(x, h)
//!
//! let (__argument_0, __argument_1) = (x, h);
//! let __scope = lstm.0.enter();
//! let __result = {
//!     // Held against what the function takes, in words of our own.
//!     let __call = lstm.1.by(<DefinitionOf<Lstm>>::forward_from);
//!     __call.result(__call.arguments::<Lstm, 2>().of(__call.function, ())(
//!         __call.layer(), __scope, __argument_0, __argument_1,
//!     ))
//! };
//! __scope.leave();
//! __result
//! ```

use crate::expand::body::local;
use crate::expand::generics;
use crate::model::Network;
use crate::model::names::Form;
use crate::syntax::Field;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprIndex, Path, parse_quote};

/// The local variable that holds a layer: its scope and its definition. It is told of where the layer's name
/// stands, and has that name, so that an editor that is asked for the one shows the other.
pub fn layer(name: &Ident) -> Ident {
    let mut local = name.clone();
    local.set_span(Span::mixed_site().located_at(name.span()));
    local
}

/// Local variables for arguments, told of where those stand.
pub fn argument_names(arguments: impl IntoIterator<Item = impl ToTokens>) -> Vec<Ident> {
    let arguments = arguments.into_iter().enumerate();
    let names = arguments.map(|(i, argument)| {
        let span = Span::mixed_site().located_at(argument.span());
        format_ident!("__argument_{i}", span = span)
    });
    names.collect()
}

/// A value in the place of a call: where it is not used, the compiler points there.
pub fn in_place_of(function: Span, parentheses: syn::token::Paren, value: TokenStream) -> Expr {
    let given = quote_spanned!(function=> ::netdsl::__private::given);
    let mut value = Group::new(Delimiter::Parenthesis, value);
    value.set_span(parentheses.span.join());
    parse_quote!(#given #value)
}

/// A layer that is a parameter, which nobody calls and others take.
pub fn take(name: &Ident, tie: Span) -> TokenStream {
    let (layer, taken) = (layer(name), Ident::new("taken", tie));
    let scope = at_the_call("__scope", &taken);
    quote_spanned!(scope.span()=> {
        let #scope = #layer.0.enter();
        #layer.1.#taken(#scope);
        #scope.leave();
    })
}

/// A layer that a body calls.
pub struct Called<'a> {
    name: &'a Ident,
    /// What it is where it is called; others stand in for what depends on generics.
    kind: Path,
    /// The type of its definition, which has its functions.
    definition: TokenStream,
}

impl<'a> Called<'a> {
    /// The layer of a field, by the name that it has where it is called.
    pub fn new(name: &'a Ident, field: &Field, network: &Network<'_>, at: &Ident) -> Self {
        let (kind, ..) = field.layer.written();
        let (kind, definition) = match network.is_any_kind(kind) {
            true => (
                parse_quote!(::netdsl::__private::AnyKind),
                quote!(::netdsl::__private::Foreign),
            ),
            false => {
                let (kind, _) = generics::without_constants(kind, network, at);
                let definition =
                    quote_spanned!(kind.span()=> ::netdsl::__private::DefinitionOf<#kind>);
                (kind, definition)
            }
        };
        Self {
            name,
            kind,
            definition,
        }
    }

    /// A call by `forward`: of all members one after the other, of a layer that may be absent.
    pub fn call<A: ToTokens>(
        &self,
        form: Form,
        arguments: impl IntoIterator<Item = A>,
    ) -> TokenStream {
        let arguments: Vec<A> = arguments.into_iter().collect();
        match (form, &arguments[..]) {
            (Form::Stack, [argument]) => self.members(argument),
            (Form::Optional, [argument]) => self.optional(argument),
            _ => self.method(&self.forward(), &arguments),
        }
    }

    /// A call in a place of one tensor, the last of a body: it gives that, or is told to give several.
    pub fn last<A: ToTokens>(&self, arguments: impl IntoIterator<Item = A>) -> TokenStream {
        let called = self.entered(&self.forward(), arguments, Result::Last);
        only(&called, self.name.span())
    }

    /// The kind as words name it. What is wrong with its generics is told where they stand, and not once more where
    /// it is called.
    fn told_kind(&self) -> Path {
        match generics::are_literals(&self.kind) {
            true => self.kind.clone(),
            false => parse_quote!(::netdsl::__private::GenericNetwork),
        }
    }

    fn forward(&self) -> Ident {
        Ident::new("forward", self.name.span())
    }

    /// A call of any function of the layer.
    pub fn method<A: ToTokens>(
        &self,
        method: &Ident,
        arguments: impl IntoIterator<Item = A>,
    ) -> TokenStream {
        self.entered(method, arguments, Result::Known)
    }

    fn entered<A: ToTokens>(
        &self,
        method: &Ident,
        arguments: impl IntoIterator<Item = A>,
        gives: Result,
    ) -> TokenStream {
        let arguments: Vec<A> = arguments.into_iter().collect();
        let (layer, names) = (layer(self.name), argument_names(&arguments));
        let (scope, result) = (
            at_the_call("__scope", method),
            at_the_call("__result", method),
        );
        let called = self.function(method, &scope, &names, gives);
        let entered = quote_spanned!(method.span()=> #layer.0.enter_here());
        // Arguments first: they may call layers themselves.
        quote!({
            #(let #names = #arguments;)*
            let #scope = #entered;
            let #result = #called;
            #scope.leave();
            #result
        })
    }

    fn optional(&self, argument: impl ToTokens) -> TokenStream {
        let (layer, x) = (layer(self.name), local("__x"));
        let present = self.method(&self.forward(), [&x]);
        quote!({
            let #x = #argument;
            if #layer.0.is_absent() { #x } else { #present }
        })
    }

    fn members(&self, argument: impl ToTokens) -> TokenStream {
        let (layer, x, i) = (layer(self.name), local("__x"), local("__i"));
        let (stack, member) = (local("__stack"), local("__member"));
        let called = self.function(
            &self.forward(),
            &member,
            std::slice::from_ref(&x),
            Result::Known,
        );
        quote_spanned!(self.name.span()=> {
            let mut #x = #argument;
            let #stack = #layer.0.enter_here();
            let mut #i = 0usize;
            while #i < #layer.2 {
                let #member = #stack.member(#i).enter();
                #x = #called;
                #member.leave();
                #i += 1;
            }
            #stack.leave();
            #x
        })
    }

    /// A call of one member of a stack: `blocks[0](x)`.
    pub fn member<A: ToTokens>(
        &self,
        index: &ExprIndex,
        arguments: impl IntoIterator<Item = A>,
    ) -> TokenStream {
        let arguments: Vec<A> = arguments.into_iter().collect();
        let (stack, names) = (layer(self.name), argument_names(&arguments));
        let (whole, member, result) = (local("__stack"), local("__member"), local("__result"));
        let (span, index) = (index.span(), &index.index);
        let entered = quote_spanned!(span=> #stack.0.enter_here());
        let chosen = quote_spanned!(span=> #whole.one_member(#index, #stack.2));
        let called = self.function(&self.forward(), &member, &names, Result::Known);
        quote!({
            #(let #names = #arguments;)*
            let #whole = #entered;
            let #member = #chosen.enter();
            let #result = #called;
            #member.leave();
            #whole.leave();
            #result
        })
    }

    /// One of the layer's functions by its path. What is no layer, or has no `forward`, is told where it is
    /// declared, once.
    fn named(&self, method: &Ident) -> TokenStream {
        let (definition, span) = (&self.definition, self.kind.span());
        let mut method = method.clone();
        if method == "forward" {
            method.set_span(span);
        }
        quote_spanned!(span=> <#definition>::#method)
    }

    /// One of the layer's functions, called where the layer is entered. Wrong arguments are told where they are.
    fn function(
        &self,
        method: &Ident,
        scope: &Ident,
        arguments: &[Ident],
        gives: Result,
    ) -> TokenStream {
        let call = at_the_call("__call", method);
        let (span, kind, count) = (call.span(), self.told_kind(), arguments.len());
        let (layer, function) = (layer(self.name), self.named(method));
        let applied = quote_spanned!(span=>
            #call.arguments::<#kind, #count>().of(#call.function, ())(#call.layer(), #scope, #(#arguments),*));
        let value = match gives {
            Result::Known => quote_spanned!(span=> #call.result(#applied)),
            Result::Last => applied,
        };
        quote_spanned!(span=> { let #call = #layer.1.by(#function); #value })
    }
}

/// What is to be known of a call's result where the arguments are wrong.
#[derive(Clone, Copy)]
enum Result {
    /// Its type, for what comes after.
    Known,
    /// Nothing: nothing comes after.
    Last,
}

/// A layer's result in a place of one tensor.
pub fn only(value: &TokenStream, place: Span) -> TokenStream {
    let place = Span::mixed_site().located_at(place);
    quote_spanned!(place=> ::netdsl::__private::Only(#value).tensor(()))
}

/// A local variable that is told of where a function is named.
fn at_the_call(name: &str, method: &Ident) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(method.span()))
}
