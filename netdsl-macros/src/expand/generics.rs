//! Rust's own generics: those of a network, and those that a layer of it is given.
//!
//! A definition is data and has no generics: it holds what its network's constants are beside its
//! dimension parameters, so that the compiler can look at it before anyone has chosen them.

use crate::expand::{argument, shown};
use crate::model::names::Names;
use crate::model::{Network, Sizes};
use crate::syntax::{Constant, Field, Generic};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericArgument, Path, PathArguments, Type, parse_quote};

/// The generics of a network as an implementation declares them: `B: UnaryLayer, const CLASSES: usize,`.
pub fn declared(network: &Network<'_>) -> TokenStream {
    let generics = network.item.generics.iter().map(|generic| match generic {
        Generic::Constant(constant) => {
            let Constant { name, kind, .. } = &**constant;
            quote!(const #name: #kind,)
        }
        Generic::Kind(kind) => {
            let mut kind = kind.clone();
            kind.default = None;
            quote!(#kind,)
        }
    });
    quote!(#(#generics)*)
}

/// The generics of a network as its struct declares them: with what they are unless given.
pub fn with_defaults(network: &Network<'_>) -> TokenStream {
    let generics = network.item.generics.iter().map(|generic| match generic {
        Generic::Constant(constant) => {
            let Constant {
                name,
                kind,
                default,
            } = &**constant;
            let default = default.iter();
            quote!(const #name: #kind #(= #default)*,)
        }
        Generic::Kind(kind) => quote!(#kind,),
    });
    quote!(#(#generics)*)
}

/// The generics of a network as they are given: `B, CLASSES,`.
pub fn given(network: &Network<'_>) -> TokenStream {
    let names = network.item.generics.iter().map(Generic::name);
    quote!(#(#names,)*)
}

/// The names of a network's constants, each with its position among the generics.
pub fn constants<'n>(network: &'n Network<'_>) -> impl Iterator<Item = (usize, &'n Ident)> {
    let generics = network.item.generics.iter().enumerate();
    generics.filter_map(|(position, generic)| match generic {
        Generic::Constant(constant) => Some((position, &constant.name)),
        Generic::Kind(_) => None,
    })
}

/// The definition of a network as the generics of its type make it.
pub fn definition(network: &Network<'_>, definition: &Ident) -> TokenStream {
    let p = quote!(::netdsl::__private);
    let constants = network.item.generics.iter().map(|generic| match generic {
        Generic::Constant(constant) => {
            let name = &constant.name;
            quote!(::core::option::Option::Some(#p::Lift(#name).arg()))
        }
        Generic::Kind(_) => quote!(::core::option::Option::None),
    });
    let kinds = network.any_kind().map(|field| {
        let (name, (kind, ..)) = (&field.name, field.layer.written());
        quote_spanned!(kind.span()=> __definition.#name = #p::Foreign::of::<#kind>();)
    });
    let within = depending(network).map(|field| {
        let (name, (kind, ..)) = (&field.name, field.layer.written());
        quote_spanned!(kind.span()=> __definition.#name = <#kind as #p::Part>::DEFINITION;)
    });
    quote!({
        let mut __definition = #definition::BLANK.constants(&[#(#constants),*]);
        #(#kinds)*
        #(#within)*
        __definition
    })
}

/// Whether what a layer's kind is given depends on generics of the network in a way that no number can stand
/// for: `Wrap::<B>`, `Wrap::<Block<N>>`. The definition then holds that of the layer.
pub fn depends(path: &Path, network: &Network<'_>) -> bool {
    let types = path
        .segments
        .iter()
        .flat_map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
            _ => Vec::new(),
        });
    let mut types = types.filter(|argument| own_constant(argument, network).is_none());
    !network.is_any_kind(path) && types.any(|argument| network.mentions_generics(quote!(#argument)))
}

/// The layers of which [`depends`] is true.
pub fn depending<'n>(network: &'n Network<'_>) -> impl Iterator<Item = &'n Field> {
    let fields = network.fields().iter();
    fields.filter(|field| depends(field.layer.written().0, network))
}

/// The first number among what a layer's kind is given that is computed from constants of the network: no type
/// of stable Rust can say that.
pub fn computed<'p>(path: &'p Path, network: &Network<'_>) -> Option<&'p Expr> {
    let arguments = path
        .segments
        .iter()
        .flat_map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
            _ => Vec::new(),
        });
    arguments.into_iter().find_map(|argument| match argument {
        _ if own_constant(argument, network).is_some() => None,
        GenericArgument::Const(number) if network.mentions_generics(quote!(#number)) => {
            Some(number)
        }
        GenericArgument::Type(Type::Path(inner)) => computed(&inner.path, network),
        _ => None,
    })
}

/// A layer's path as it can stand in a definition, where constants of the network have no values:
/// others stand in, and what the constants will be is given as arguments, by position.
pub fn without_constants(
    path: &Path,
    network: &Network<'_>,
    at: &Ident,
) -> (Path, Option<TokenStream>) {
    let mut path = path.clone();
    let mut given = Vec::new();
    let arguments = path
        .segments
        .iter_mut()
        .flat_map(|segment| match &mut segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter_mut().collect(),
            _ => Vec::new(),
        });
    for argument in arguments {
        let replaced = replace(argument, network);
        given.push(replaced.map(|name| {
            let value = argument::written(&parse_quote!(#name), &network.dimensions, at);
            quote!(::core::option::Option::Some(#value))
        }));
    }
    let none = quote!(::core::option::Option::None);
    let any = given.iter().any(Option::is_some);
    let given = given
        .iter()
        .map(|argument| argument.as_ref().unwrap_or(&none));
    let given = any.then(|| quote!(&[#(#given),*]));
    (path, given)
}

/// Puts a number in the place of a constant of the network, and gives the constant; any kind in the place of
/// what depends on the network's generics otherwise.
fn replace(argument: &mut GenericArgument, network: &Network<'_>) -> Option<Ident> {
    let Some(constant) = own_constant(argument, network) else {
        if network.mentions_generics(quote!(#argument)) {
            *argument = parse_quote!(::netdsl::__private::AnyKind);
        }
        return None;
    };
    let name = constant.name.clone();
    let stand_in: Expr = if constant.is_flag() {
        parse_quote!(false)
    } else {
        parse_quote!(0)
    };
    *argument = GenericArgument::Const(stand_in);
    Some(name)
}

/// The constant of the network that is given as it is: `N` or `{ N }`.
fn own_constant<'n>(argument: &GenericArgument, network: &'n Network<'_>) -> Option<&'n Constant> {
    let path = match argument {
        GenericArgument::Type(Type::Path(found)) => &found.path,
        GenericArgument::Const(Expr::Block(block)) => match &block.block.stmts[..] {
            [syn::Stmt::Expr(Expr::Path(found), None)] => &found.path,
            _ => return None,
        },
        _ => return None,
    };
    let name = path.get_ident()?;
    network
        .item
        .constants()
        .find(|constant| constant.name == *name)
}

/// Whether a path's generics, if any, are literals: then the compiler can look at it anywhere, where
/// names may be generics of the function around it.
pub fn are_literals(path: &Path) -> bool {
    path.segments
        .iter()
        .all(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments
                .args
                .iter()
                .all(|argument| matches!(argument, GenericArgument::Const(Expr::Lit(_)))),
            _ => true,
        })
}

/// The number that a name stands for within a body: that of a constant, or a size as one.
pub fn number(
    name: &Ident,
    network: &Network<'_>,
    names: &Names,
    at: &Ident,
) -> Option<TokenStream> {
    let (local, shown) = (argument::dimension(name), shown(name));
    if names.is_open_size(name) {
        let span = name.span();
        return Some(quote_spanned!(span=> #at.size_as_number(#shown, #local)));
    }
    let constant = (network.item.constants())
        .find(|constant| constant.name == *name && names.is_size(name))?;
    Some(match constant.is_flag() {
        true => quote!(#at.constant_flag(#shown, #local)),
        false => quote!(#at.constant(#shown, #local)),
    })
}
