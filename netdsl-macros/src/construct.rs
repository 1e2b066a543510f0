//! `network!(Mlp<20, _>)`: builds a network.

use crate::expand::{argument, generics};
use crate::syntax::Construction;
use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

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
    let Construction {
        kind,
        sizes,
        options,
    } = construction;
    let p = quote!(::netdsl::__private);
    let (mut seed, mut dtype, mut wrong) = (quote!(0u64), quote!(f32), TokenStream::new());
    for (name, value) in options {
        match name.to_string().as_str() {
            "seed" => seed = quote!(#value),
            "dtype" => dtype = quote!(#value),
            _ => {
                let message =
                    format!("`{name}` is not an option here; there are `seed` and `dtype`");
                wrong.extend(syn::Error::new(name.span(), message).into_compile_error());
            }
        }
    }
    let arguments: Vec<_> = sizes.iter().map(|size| argument::plain(size, &p)).collect();
    let definition =
        quote_spanned!(kind.span()=> <#kind as #p::Part>::DEFINITION.listed(&[#(#arguments),*]));
    let count = sizes.len();
    // Every token at the place to blame, as in `expand::definition`.
    let part = quote_spanned!(kind.span()=> <#kind as ::netdsl::__private::Part>);
    let evaluated = |value| match generics::are_literals(kind) {
        true => {
            quote_spanned!(kind.span()=> #[allow(long_running_const_eval)] const _: () = #value;)
        }
        false => quote_spanned!(kind.span()=> const { #value };),
    };
    let counted = evaluated(
        quote_spanned!(kind.span()=> ::netdsl::__private::check_sizes(#part::KIND, #part::SIZES, #count)),
    );
    let check = sizes
        .iter()
        .all(is_constant)
        .then(|| evaluated(quote_spanned!(kind.span()=> #definition.verify(true))));
    quote!({
        #wrong
        #counted
        #check
        <<#kind as #p::Part>::Ready<#dtype> as #p::Network<#dtype>>::build(#definition, #seed)
    })
}

/// Whether the compiler can know the value: a literal, `_` or an upper-case name.
fn is_constant(size: &Expr) -> bool {
    match size {
        Expr::Infer(_) | Expr::Lit(_) => true,
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident
                .to_string()
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
        }),
        Expr::Binary(binary) => is_constant(&binary.left) && is_constant(&binary.right),
        Expr::Paren(inner) => is_constant(&inner.expr),
        _ => false,
    }
}
