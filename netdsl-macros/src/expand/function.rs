//! A function of the user's own beside networks, which the compiler can run:
//!
//! ```text
//! fn gated(x: Tensor, gate: Tensor) -> Tensor { x * gate.sigmoid() }
//!
//! const fn gated<'t>(x: Tensor<'t>, gate: Tensor<'t>) -> Tensor<'t> {
//!     let __at = x.scope();
//!     Lower(x, gate.sigmoid(), __at).mul()
//! }
//! ```

use crate::expand::body;
use crate::model::Function;
use crate::syntax::is_tensor;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Lifetime, PathArguments, Token, Type, parse_quote};

/// The function, as a constant one.
pub fn expand(function: &Function<'_>) -> TokenStream {
    let Some(forward) = &function.body.item.forward else {
        return TokenStream::new();
    };
    let (at, tensor) = (Ident::new("__at", Span::mixed_site()), function.tensor);
    let body = body::rewrite(&function.body, forward, &at);
    let (attributes, visibility) = (&function.item.attrs, &function.item.vis);
    let mut signature = function.item.sig.clone();
    signature
        .constness
        .get_or_insert(Token![const](signature.fn_token.span));
    let mut elided = Elided { found: false };
    elided.visit_signature_mut(&mut signature);
    if elided.found {
        let lifetime: GenericParam = GenericParam::Lifetime(syn::LifetimeParam::new(lifetime()));
        signature.generics.params.insert(0, lifetime);
    }
    quote! {
        #(#attributes)*
        #[allow(unused_imports, unused_mut, unused_parens, unused_braces, clippy::all)]
        #visibility #signature {
            use ::netdsl::__private::{NoArgument as _, NoNumber as _};
            #[allow(unused_variables)]
            let #at = ::netdsl::__private::scope_of(&#tensor);
            #body
        }
    }
}

/// All tensors live as long.
fn lifetime() -> Lifetime {
    Lifetime::new("'__t", Span::mixed_site())
}

/// Gives tensors whose lifetime is not written one that all have.
struct Elided {
    found: bool,
}

impl VisitMut for Elided {
    fn visit_type_mut(&mut self, kind: &mut Type) {
        visit_mut::visit_type_mut(self, kind);
        if is_tensor(kind)
            && let Type::Path(path) = kind
            && let Some(last) = path.path.segments.last_mut()
            && matches!(last.arguments, PathArguments::None)
        {
            let lifetime = lifetime();
            last.arguments = PathArguments::AngleBracketed(parse_quote!(<#lifetime>));
            self.found = true;
        }
    }
}
