//! `network!(Mlp<20, _>)`: builds a network.

use crate::expand::{argument, generics};
use crate::report::Errors;
use crate::syntax::Construction;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

/// How many mistakes of a network are told at once, as the library has it.
const MAX_FAULTS: usize = 8;

/// Whether a `network!` builds a network instead of defining some: a definition has a `struct`.
pub fn is_construction(input: &TokenStream) -> bool {
    let mut tokens = input.clone().into_iter();
    !input.is_empty()
        && !tokens.any(
            |token| matches!(token, TokenTree::Ident(word) if word == "struct" || word == "fn"),
        )
}

/// The expression that builds the network. Where every size is a constant or `_`, the compiler
/// checks this use, too.
pub fn expand(construction: &Construction) -> TokenStream {
    let Construction { kind, sizes, .. } = construction;
    let p = quote!(::netdsl::__private);
    let mut errors = Errors::default();
    let (seed, dtype) = options(construction, &mut errors);
    let errors = errors.into_compile_errors();
    // Named once where an item may name it, so that what is wrong with the name is told once.
    let (named, part) = match generics::are_literals(kind) {
        true => {
            let name = Ident::new("__Network", kind.span());
            let named = quote_spanned!(kind.span()=> type #name = #kind;);
            (Some(named), quote!(#name))
        }
        false => (None, quote!(#kind)),
    };
    // Every token at the place to blame, as in `expand::definition`.
    let as_part = quote_spanned!(kind.span()=> <#part as ::netdsl::__private::Part>);
    let arguments: Vec<_> = sizes.iter().map(|size| argument::plain(size, &p)).collect();
    let definition = quote_spanned!(kind.span()=> #as_part::DEFINITION.listed(&[#(#arguments),*]));
    let evaluated = |value, in_item| match in_item {
        true => {
            quote_spanned!(kind.span()=> #[allow(long_running_const_eval)] const _: () = #value;)
        }
        false => {
            quote_spanned!(kind.span()=> #[allow(long_running_const_eval)] const { #value };)
        }
    };
    let count = sizes.len();
    let in_item = named.is_some();
    let counted = evaluated(
        quote_spanned!(kind.span()=> ::netdsl::__private::check_sizes(#as_part::KIND, #as_part::SIZES, #count)),
        in_item,
    );
    let in_item = in_item && sizes.iter().all(argument::is_known_everywhere);
    let check = sizes.iter().all(argument::is_known);
    let check = check.then(|| verify(construction, &as_part, &arguments, in_item));
    let build = quote_spanned! {kind.span()=>
        <<#part as ::netdsl::__private::Part>::Ready<#dtype> as ::netdsl::__private::Network<#dtype>>::build(#definition, #seed)
    };
    quote!({
        #[allow(unused_imports)]
        use #p::NoArgument as _;
        #errors
        #named
        #counted
        #check
        #build
    })
}

/// The code that has the compiler check this use: what is wrong with a size is told at that size, all else at the
/// network's name. Items are evaluated one by one, so that mistakes in them are told together.
fn verify(
    construction: &Construction,
    as_part: &TokenStream,
    arguments: &[TokenStream],
    in_item: bool,
) -> TokenStream {
    let span = construction.kind.span();
    // All of a call is where it is to be told: names with a hygiene of their own would have the compiler tell of
    // the macro.
    let locals = |span| (Ident::new("__CHECKED", span), Ident::new("__NAME", span));
    let (checked, name) = locals(span);
    let spans = construction.sizes.iter().map(Spanned::span);
    let placed = spans.clone().zip(arguments).map(
        |(span, argument)| quote_spanned!(span=> ::netdsl::__private::Arg::written_here(#argument)),
    );
    let verified =
        quote_spanned!(span=> #as_part::DEFINITION.listed(&[#(#placed),*]).verified(true));
    let here = spans
        .clone()
        .map(|span| quote_spanned!(span=> ::netdsl::__private::here()));
    let here = quote_spanned!(span=> &[#(#here),*]);
    let beside =
        |number: usize| quote_spanned!(span=> #checked.raise_beside(#name, #here, #number));
    let outside = quote_spanned!(span=> #checked.raise_outside(#name));
    let raised = spans.map(|span| {
        let (checked, name) = locals(span);
        quote_spanned!(span=> #checked.raise_here(#name))
    });
    let (first, others) = (beside(0), (0..MAX_FAULTS).map(beside));
    if in_item {
        return quote_spanned! {span=>
            const #name: &str = #as_part::KIND;
            #[allow(long_running_const_eval)]
            const #checked: ::netdsl::__private::Verdict = #verified;
            #(const _: () = #raised;)*
            #(const _: () = #others;)*
            const _: () = #outside;
        };
    }
    quote_spanned! {span=>
        #[allow(long_running_const_eval)]
        const {
            #[allow(non_snake_case)]
            let (#name, #checked) = (#as_part::KIND, #verified);
            #(#raised;)*
            #first;
            #outside
        };
    }
}

/// Whether a type of elements is for sure none: a literal, or another type of numbers. A name may be a parameter's.
fn is_no_element(dtype: &Expr) -> bool {
    let others = [
        "f16", "bf16", "f128", "half", "float", "double", "i8", "i16", "i32", "i64", "u8", "u16",
        "u32", "u64", "usize", "bool",
    ];
    match dtype {
        Expr::Lit(_) => true,
        Expr::Path(path) => others.iter().any(|other| path.path.is_ident(other)),
        _ => false,
    }
}

/// The seed and the type of elements.
fn options(construction: &Construction, errors: &mut Errors) -> (TokenStream, TokenStream) {
    let (mut seed, mut dtype) = (quote!(0u64), quote!(f32));
    for (i, (name, value)) in construction.options.iter().enumerate() {
        match name.to_string().as_str() {
            "seed" => seed = quote!(#value),
            "dtype" if is_no_element(value) => {
                errors.push(value.span(), "elements are `f32` or `f64`: `dtype = f64`");
            }
            "dtype" => dtype = quote!(#value),
            _ => {
                let message =
                    format!("`{name}` is not an option here; there are `seed` and `dtype`");
                errors.push(name.span(), message);
            }
        }
        let mut before = construction.options[..i].iter();
        if before.any(|(other, _)| other == name) {
            errors.push(name.span(), format!("`{name}` is given twice"));
        }
    }
    (seed, dtype)
}
