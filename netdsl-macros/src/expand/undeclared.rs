//! Calls of what may be no function: `Relu(x)`, `relu(x)`, `fc3(x)`. No macro knows which functions there are, so a
//! function that tells what to write is put in scope where Rust looks after what is the user's own.
//!
//! ```text
//! relu(x)
//!
//! {
//!     const fn relu<'t>(x: Tensor<'t>) -> Tensor<'t> { not_a_function(x, "operations are methods of tensors: …") }
//!     { use self::*; relu(__argument_0) }
//! }
//! ```

use crate::check::habits;
use crate::model::names::Names;
use crate::model::{Network, is_constant};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall};

/// What to write instead of a call as written, if what is called is no function of the user's.
pub fn instead(network: &Network<'_>, names: &Names, call: &ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    // Of a function nobody is told anything before it is called.
    if network.is_function() {
        return None;
    }
    let name = path.path.get_ident()?;
    let first = call.args.first()?;
    if names.is_bound(&path.path) || is_constant(first) || names.are_open(first) {
        return None;
    }
    habits::operation(name, &call.args).or_else(|| other_layers(network, name))
}

/// The layers of names that differ from one in their numbers: `fc1` and `fc2` for `fc3`.
fn other_layers(network: &Network<'_>, name: &Ident) -> Option<String> {
    let stem = |name: &Ident| {
        let name = name.to_string();
        name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '_')
            .to_owned()
    };
    let layers = network.fields().iter().map(|field| &field.name);
    let alike: Vec<_> = layers
        .filter(|layer| stem(layer) == stem(name))
        .map(|layer| format!("`{layer}`"))
        .collect();
    let has = alike.join(", ");
    (!alike.is_empty()).then(|| format!("this network has no layer `{name}`; it has {has}"))
}

/// The call, with what tells `instead` in its scope.
pub fn call(
    names: &Names,
    function: &Expr,
    arguments: &[Ident],
    instead: Option<&str>,
) -> TokenStream {
    let kinds = kinds(names, function, arguments.len());
    let span = function.span();
    // Whatever may stand there, `crate(x)`, is an expression in parentheses.
    let called = quote_spanned!(span=> { #kinds (#function)(#(#arguments),*) });
    let Some(message) = instead else {
        return called;
    };
    let message = format!(
        "{message}\n  = note: a function of one's own is seen where it stands in the module or in `network!`"
    );
    let others: Vec<_> = (1..arguments.len())
        .map(|i| format_ident!("A{i}"))
        .collect();
    quote_spanned! {span=> {
        #[allow(dead_code)]
        #[track_caller]
        const fn #function<'t, #(#others: Copy),*>(
            x: ::netdsl::__private::Tensor<'t>,
            #(_: #others),*
        ) -> ::netdsl::__private::Tensor<'t> {
            ::netdsl::__private::not_a_function(x, #message)
        }
        {
            #[allow(unused_imports)]
            use self::*;
            #called
        }
    }}
}

/// What is called may be a kind of layers: those of the library are brought into scope, as functions that tell so.
fn kinds(names: &Names, function: &Expr, arguments: usize) -> Option<TokenStream> {
    let Expr::Path(path) = function else {
        return None;
    };
    let name = path.path.get_ident()?.to_string();
    if !name.starts_with(char::is_uppercase) || names.is_bound(&path.path) {
        return None;
    }
    let kinds = match arguments {
        1 => quote!(one),
        2 => quote!(two),
        3 => quote!(three),
        _ => return None,
    };
    Some(quote! {
        #[allow(unused_imports)]
        use ::netdsl::__private::undeclared::#kinds::*;
    })
}
