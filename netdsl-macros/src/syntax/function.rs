//! A function of the user's own beside networks, as written: Rust's, from tensors to tensors.

use super::forward::body;
use super::{Argument, Forward, Item, ResultShape};
use crate::report::Errors;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, ItemFn, Pat, Result, Signature, Token, Type, Visibility};

/// A function, and its body as that of a network without layers.
pub struct Function {
    pub item: ItemFn,
    pub body: Item,
    /// The first argument that is a tensor.
    pub tensor: Ident,
}

/// Whether a function begins here that is not the `forward` of a network.
pub fn begins(input: ParseStream) -> bool {
    let ahead = input.fork();
    let begins = ahead.call(Attribute::parse_outer).is_ok()
        && ahead.parse::<Visibility>().is_ok()
        && ahead.parse::<Option<Token![const]>>().is_ok()
        && ahead.parse::<Token![fn]>().is_ok();
    begins && ahead.parse::<Ident>().is_ok_and(|name| name != "forward")
}

impl Function {
    /// Parses the function. Where its body is wrong it is none.
    pub fn parse(input: ParseStream, errors: &mut Errors) -> Result<Option<Self>> {
        let name = name(&input.fork())?;
        let Some(item) = item(input, &name, errors)? else {
            return Ok(None);
        };
        let arguments: Vec<_> = item
            .sig
            .inputs
            .iter()
            .map(argument)
            .collect::<Result<_>>()?;
        let mut tensors = arguments.iter().filter(|(_, kind)| is_tensor(kind));
        let Some((tensor, _)) = tensors.next() else {
            let help = "a function here takes a `Tensor`; others stand outside of `network!`";
            return Err(syn::Error::new(name.span(), help));
        };
        Ok(Some(Self {
            tensor: tensor.name.clone(),
            body: without_layers(&item, arguments.iter().map(|(argument, _)| argument)),
            item: item.clone(),
        }))
    }
}

/// A function of Rust's, if its body is right.
fn item(input: ParseStream, name: &Ident, errors: &mut Errors) -> Result<Option<ItemFn>> {
    let ahead = input.fork();
    if let Ok(item) = ahead.parse() {
        input.advance_to(&ahead);
        return Ok(Some(item));
    }
    signature(input).map_err(|_| {
        let help = "a network has one function, `forward`; other functions are Rust's, from tensors to tensors: \
                    `fn twice(x: Tensor) -> Tensor { x + x }`";
        syn::Error::new(name.span(), help)
    })?;
    body(input, errors).map(|_| None)
}

fn signature(input: ParseStream) -> Result<Signature> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    input.parse()
}

fn name(input: ParseStream) -> Result<Ident> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![const]>>()?;
    input.parse::<Token![fn]>()?;
    input.parse()
}

/// An argument by its name, and its type.
fn argument(argument: &FnArg) -> Result<(Argument, &Type)> {
    match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) => Ok((
                Argument {
                    changes: name.mutability,
                    name: name.ident.clone(),
                    shape: None,
                },
                &*typed.ty,
            )),
            pattern => Err(syn::Error::new(
                pattern.span(),
                "an argument here is a name; it is taken apart by a `let`",
            )),
        },
        FnArg::Receiver(receiver) => Err(syn::Error::new(
            receiver.span(),
            "a function here has no `self`",
        )),
    }
}

/// Whether a type is that of tensors.
pub fn is_tensor(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "Tensor")
}

/// A network of the same body, for that means the same.
fn without_layers<'a>(item: &ItemFn, arguments: impl Iterator<Item = &'a Argument>) -> Item {
    Item {
        attributes: Vec::new(),
        demands: Vec::new(),
        visibility: Visibility::Inherited,
        name: item.sig.ident.clone(),
        generics: Vec::new(),
        conditions: None,
        parameters: Vec::new(),
        order: Vec::new(),
        fields: Vec::new(),
        forward: Some(Forward {
            attributes: Vec::new(),
            arguments: arguments.cloned().collect(),
            result: ResultShape::Any,
            body: (*item.block).clone(),
        }),
        is_whole: true,
    }
}
