//! A loop through the members of stacks or the elements of arrays, as a `while` that counts.
//!
//! ```text
//! for (a, b) in downs.iter().zip(ups.iter().rev()) { … }
//!
//! let __stack_1_0 = downs.0.enter();
//! let __stack_1_1 = ups.0.enter();
//! let length = shorter(downs.2, ups.2);
//! while i < length {
//!     let (a, b) = (
//!         (__stack_1_0.member(i), downs.1),
//!         (__stack_1_1.member(ups.2 - 1 - i), ups.1),
//!     );
//!     i += 1;
//!     …
//! }
//! __stack_1_1.leave();
//! __stack_1_0.leave();
//! ```

use crate::expand::{body, call};
use crate::model::through::Through;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Expr, Label, parse_quote};

/// A loop through stacks or arrays.
pub struct Steps {
    /// The `number`th loop of its body.
    number: usize,
    /// The stacks' layers, each with the local variable that holds it while it is entered.
    stacks: Vec<(Ident, Ident)>,
    /// The arrays, each as a local variable.
    arrays: Vec<(Ident, TokenStream)>,
    /// The members are not simply gone through one after the other.
    at_will: bool,
    length: TokenStream,
    /// What is bound in each round, and what to.
    bound: Vec<(TokenStream, TokenStream)>,
}

impl Steps {
    /// The `number`th loop of a body, which counts with `index`.
    pub fn of(mut through: Through, number: usize, index: &Ident) -> Self {
        let arrays = through.arrays_mut().into_iter().enumerate();
        let arrays = arrays.map(|(i, array)| {
            let held = body::local(&format!("__elements_{number}_{i}"));
            let value =
                quote_spanned!(array.span()=> ::netdsl::__private::Each(#array).elements(()));
            *array = parse_quote!(#held);
            (held, value)
        });
        let mut steps = Self {
            number,
            stacks: Vec::new(),
            arrays: arrays.collect(),
            at_will: !matches!(through, Through::Members { .. }),
            length: length(&through),
            bound: Vec::new(),
        };
        steps.bind(&through, &quote!(#index));
        steps
    }

    /// Binds what stands at a place.
    fn bind(&mut self, through: &Through, place: &TokenStream) {
        match through {
            Through::Members { stack, member } => {
                let (layer, member) = (call::layer(stack), call::layer(member));
                let stack = body::local(&format!("__stack_{}_{}", self.number, self.stacks.len()));
                let value = quote!((#stack.member(#place), #layer.1));
                self.bound.push((quote!(#member), value));
                self.stacks.push((layer, stack));
            }
            Through::Elements { array, element } => {
                self.bound.push((quote!(#element), quote!(#array[#place])));
            }
            Through::Reversed(of) => {
                let length = length(of);
                self.bind(of, &quote!((#length - 1 - #place)));
            }
            Through::Numbered { index, of } => {
                self.bound.push((quote!(#index), place.clone()));
                self.bind(of, place);
            }
            Through::Paired(a, b) => {
                self.bind(a, place);
                self.bind(b, place);
            }
        }
    }

    /// The local variables that hold what is entered.
    pub fn entered(&self) -> impl Iterator<Item = Ident> {
        self.stacks.iter().map(|(_, stack)| stack.clone())
    }

    /// The loop around its body.
    pub fn expand(&self, index: &Ident, label: Option<&Label>, body: &Block) -> Expr {
        let (length, body) = (&self.length, &body.stmts);
        // At once: a member may have the name of its stack.
        let (patterns, values): (Vec<_>, Vec<_>) = self.bound.iter().cloned().unzip();
        let rounds = body::local("__length");
        let entered = self.entered();
        let layers = self.stacks.iter().map(|(layer, _)| layer);
        let declared = self.stacks.iter().filter(|_| self.at_will);
        let declared = declared.map(|(layer, stack)| quote!(#stack.members(#layer.2);));
        let resumed = self.entered().last().into_iter();
        let left = self.stacks.iter().rev().map(|(_, stack)| stack);
        let (arrays, elements): (Vec<_>, Vec<_>) = self.arrays.iter().cloned().unzip();
        parse_quote!({
            #(let #arrays = #elements;)*
            #(let #entered = #layers.0.enter();)*
            #(#declared)*
            let #rounds = #length;
            let mut #index = 0usize;
            #label while #index < #rounds {
                let (#(#patterns,)*) = (#(#values,)*);
                #(#resumed.trace().resume(#resumed);)*
                #index += 1;
                #(#body)*
            }
            #(#left.leave();)*
        })
    }
}

/// How many rounds there are.
fn length(through: &Through) -> TokenStream {
    match through {
        Through::Members { stack, .. } => {
            let layer = call::layer(stack);
            quote!(#layer.2)
        }
        Through::Elements { array, .. } => quote!(#array.len()),
        Through::Reversed(of) | Through::Numbered { of, .. } => length(of),
        Through::Paired(a, b) => {
            let (a, b) = (length(a), length(b));
            quote!(::netdsl::__private::shorter(#a, #b))
        }
    }
}
