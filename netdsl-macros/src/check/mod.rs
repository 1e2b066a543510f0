//! What can be wrong with a network before any size is looked at: one function for each rule.

mod body;
mod dimensions;
pub mod habits;

use crate::expand::generics;
use crate::model::{Function, Network};
use crate::report::Errors;
use crate::syntax::{Field, Generic, Item, Layer, Step, Tie, shown};
use proc_macro2::TokenTree;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Meta, Path};

/// All rules, in order. Where something was written so that it had to be left out, what needs all of a network
/// stays quiet.
pub fn all(networks: &[Network<'_>], errors: &mut Errors) {
    networks_are_unique(networks, errors);
    networks_end(networks, errors);
    for network in networks {
        names_are_unique(network, errors);
        reserved_names(network, errors);
        nothing_is_configured_away(network, errors);
        constants_are_numbers_or_flags(network, errors);
        constants_are_given_as_they_are(network, errors);
        optional_layers_are_single(network, errors);
        layers_of_any_kind_have_no_sizes(network, errors);
        dimensions::are_no_kinds(network, errors);
        layers_are_not_lazy(network, errors);
        generics_are_given(network, networks, errors);
        options_are_unique(network, errors);
        several_arguments_have_shapes(network, errors);
        ties_are_unique(network, errors);
        if network.item.is_whole {
            layers_exist(network, errors);
            arguments_exist(network, errors);
            ties_are_of_layers(network, errors);
            ties_are_no_circle(network, errors);
            dimensions::are_used(network, errors);
            body::is_of_values(network, networks, errors);
        }
    }
}

/// The rules about bodies, for a function beside networks.
pub fn function(function: &Function<'_>, errors: &mut Errors) {
    body::is_of_values(&function.body, &[], errors);
}

fn networks_are_unique(networks: &[Network<'_>], errors: &mut Errors) {
    for (i, network) in networks.iter().enumerate() {
        let name = &network.item.name;
        if networks[..i].iter().any(|other| other.item.name == *name) {
            errors.push(
                name.span(),
                format!("`{name}` names another network already"),
            );
        }
    }
}

/// The network that a kind of layers is, among those that are defined together.
fn defined<'n, 'i>(networks: &'n [Network<'i>], kind: &Path) -> Option<&'n Network<'i>> {
    networks
        .iter()
        .find(|network| kind.is_ident(&network.item.name))
}

/// A network within itself would have no end.
fn networks_end(networks: &[Network<'_>], errors: &mut Errors) {
    for network in networks {
        let name = &network.item.name;
        let around = network.fields().iter().find(|field| {
            let mut seen = Vec::new();
            stands_within(name, field, networks, &mut seen)
        });
        if let Some(field) = around {
            let (kind, ..) = field.layer.written();
            let message = if kind.is_ident(name) {
                format!("`{name}` cannot be a layer of itself: it would have no end")
            } else {
                format!(
                    "`{}` has `{name}` in it, which would have no end",
                    shown(kind)
                )
            };
            errors.push(kind.span(), message);
            return;
        }
    }
}

/// Whether a network is what a field is, or within that.
fn stands_within<'n>(
    name: &Ident,
    field: &'n Field,
    networks: &'n [Network<'_>],
    seen: &mut Vec<&'n Ident>,
) -> bool {
    let (kind, ..) = field.layer.written();
    if kind.is_ident(name) {
        return true;
    }
    let inner = defined(networks, kind);
    let Some(inner) = inner.filter(|inner| !seen.contains(&&inner.item.name)) else {
        return false;
    };
    seen.push(&inner.item.name);
    (inner.fields().iter()).any(|field| stands_within(name, field, networks, seen))
}

fn layers_exist(network: &Network<'_>, errors: &mut Errors) {
    if network.fields().is_empty() && network.item.forward.is_none() {
        errors.push(
            network.item.name.span(),
            "a network needs at least one layer, or a `forward`",
        );
    }
}

fn names_are_unique(network: &Network<'_>, errors: &mut Errors) {
    let arguments = network
        .item
        .forward
        .iter()
        .flat_map(|forward| &forward.arguments);
    let mut seen: HashMap<&Ident, &str> = HashMap::new();
    let named = (network
        .item
        .named_parameters()
        .map(|name| (name, "dimension")))
    .chain(network.fields().iter().map(|field| (&field.name, "layer")))
    .chain(arguments.map(|argument| (&argument.name, "argument")));
    for (name, what) in named {
        let before = match seen.entry(name) {
            Entry::Vacant(place) => {
                place.insert(what);
                continue;
            }
            Entry::Occupied(before) => *before.get(),
        };
        let again = if before == what { "another" } else { "a" };
        let article = if what == "argument" { "an" } else { "a" };
        errors.push(
            name.span(),
            format!("`{name}` names {article} {what} here and {again} {before} already"),
        );
    }
}

/// Names of the methods that every network has.
fn reserved_names(network: &Network<'_>, errors: &mut Errors) {
    for field in network.fields() {
        if field.name.to_string().starts_with("__") {
            errors.push(
                field.name.span(),
                "names that start with `__` are netdsl's own",
            );
        }
    }
    let constants = network.item.constants().map(|constant| &constant.name);
    let own = constants
        .chain(network.item.kinds())
        .chain([&network.item.name]);
    for name in own.filter(|name| *name == "E") {
        errors.push(
            name.span(),
            "`E` names the element type of every network: call this one otherwise",
        );
    }
}

/// What `#[cfg]` leaves out would be missing from the code around it.
fn nothing_is_configured_away(network: &Network<'_>, errors: &mut Errors) {
    let cfg = |attributes: &[Attribute]| {
        let cfg = attributes.iter().find(|attribute| is_cfg(attribute));
        cfg.map(Spanned::span)
    };
    if let Some(span) = cfg(&network.item.attributes) {
        errors.push(span, "write `#[cfg(…)]` before the `network!` itself");
    }
    for field in network.fields() {
        if let Some(span) = cfg(&field.attributes) {
            let help = "a layer that is there under a condition is `Option<…>(when = cfg!(…))`";
            errors.push(span, help);
        }
    }
}

/// Whether it is a `#[cfg(…)]`, or one that depends on another.
fn is_cfg(attribute: &Attribute) -> bool {
    let mut given = match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => list.tokens.clone().into_iter(),
        meta => return meta.path().is_ident("cfg"),
    };
    // What it depends on may be a `cfg` of its own sense: the attributes come after it.
    given.any(|token| matches!(&token, TokenTree::Punct(comma) if comma.as_char() == ','))
        && given.any(|token| matches!(&token, TokenTree::Ident(word) if word == "cfg"))
}

fn constants_are_numbers_or_flags(network: &Network<'_>, errors: &mut Errors) {
    for constant in network.item.constants() {
        if !constant.is_flag() && !constant.is_number() {
            errors.push(
                constant.kind.span(),
                "a constant parameter of a network is a `usize` or a `bool`",
            );
        }
    }
}

fn constants_are_given_as_they_are(network: &Network<'_>, errors: &mut Errors) {
    for field in network.fields() {
        if let Some(number) = generics::computed(field.layer.written().0, network) {
            errors.push(
                number.span(),
                "Rust's types take a constant as it is, `::<N>`, and no number computed from it\n  \
                 = help: have the layer take a dimension instead, `<{ N * 2 }>` without `::`",
            );
        }
    }
}

fn optional_layers_are_single(network: &Network<'_>, errors: &mut Errors) {
    for field in network.fields() {
        match &field.layer {
            Layer::Optional { layer, .. } if !matches!(**layer, Layer::One { .. }) => errors.push(
                field.name.span(),
                "a stack may have length 0, and is then not there: `[…; 0]`",
            ),
            Layer::Stack { each, .. } if !matches!(**each, Layer::One { .. }) => errors.push(
                field.name.span(),
                "a stack is of layers or networks: make what is inside a network",
            ),
            _ => {}
        }
    }
}

/// What a type parameter stands for takes other sizes each time.
fn layers_of_any_kind_have_no_sizes(network: &Network<'_>, errors: &mut Errors) {
    for field in network.any_kind() {
        let (_, sizes, options) = field.layer.written();
        let size = sizes.first().map(Spanned::span);
        let option = options.first().map(|(_, value)| value.span());
        let tie = field.layer.ties().first().map(|tie| tie.span);
        if let Some(first) = size.or(option).or(tie) {
            errors.push(
                first,
                "a layer of any kind takes no sizes here: they follow from what arrives, or stand in its type",
            );
        }
    }
}

fn options_are_unique(network: &Network<'_>, errors: &mut Errors) {
    for field in network.fields() {
        let (_, _, options) = field.layer.written();
        for (i, (name, _)) in options.iter().enumerate() {
            if options[..i].iter().any(|(other, _)| other == name) {
                let message = format!("`{name}` of `{}` is given twice", field.name);
                errors.push(name.span(), message);
            }
        }
    }
}

fn several_arguments_have_shapes(network: &Network<'_>, errors: &mut Errors) {
    let Some(forward) = &network.item.forward else {
        return;
    };
    if forward.arguments.len() < 2 {
        return;
    }
    for argument in forward
        .arguments
        .iter()
        .filter(|argument| argument.shape.is_none())
    {
        let message = format!("give the shape of a sample: `{}: [_, _]`", argument.name);
        errors.push(argument.name.span(), message);
    }
}

fn arguments_exist(network: &Network<'_>, errors: &mut Errors) {
    if let Some(forward) = &network.item.forward
        && forward.arguments.is_empty()
    {
        errors.push(
            network.item.name.span(),
            "`forward` needs at least one argument: `fn forward(x: [_])`",
        );
    }
}

fn ties_are_of_layers(network: &Network<'_>, errors: &mut Errors) {
    for (field, tie) in network.ties() {
        if matches!(field.layer, Layer::Optional { .. }) {
            errors.push(tie.span, "an optional layer has parameters of its own");
        }
        let Some(owner) = network.fields().iter().find(|own| own.name == tie.owner) else {
            let names = network.fields().iter().map(|own| format!("`{}`", own.name));
            let names = names.collect::<Vec<_>>().join(", ");
            let message = format!("this network has no layer `{}`; it has {names}", tie.owner);
            errors.push(tie.owner.span(), message);
            continue;
        };
        let name = &tie.owner;
        let message = match (&owner.layer, tie.steps.first()) {
            (Layer::Stack { .. }, Some(Step::Member(_))) => continue,
            (Layer::Stack { .. }, _) => {
                format!("`{name}` is a stack: name one of its members, the first is `{name}[0]`")
            }
            (Layer::Optional { .. }, _) => format!(
                "`{name}` is optional: a parameter can be that of a layer that is always there"
            ),
            (Layer::One { .. }, Some(Step::Member(_))) => {
                format!("`{name}` is no stack, of which a member could be named")
            }
            (Layer::One { .. }, _) => continue,
        };
        errors.push(name.span(), message);
    }
}

/// PyTorch's kinds of layers that wait for a size: here any size may be left open.
fn layers_are_not_lazy(network: &Network<'_>, errors: &mut Errors) {
    let families = ["Linear", "Conv", "BatchNorm", "InstanceNorm"];
    for field in network.fields() {
        let (kind, sizes, _) = field.layer.written();
        let name = kind.get_ident().map(Ident::to_string);
        let name = name.as_deref().and_then(|name| name.strip_prefix("Lazy"));
        let Some(name) = name.filter(|name| families.iter().any(|kin| name.starts_with(kin)))
        else {
            continue;
        };
        let sizes = sizes.iter().map(|size| format!(", {}", shown(size)));
        let sizes: String = sizes.collect();
        let message = format!("a size that is to be inferred is written `_`: `{name}<_{sizes}>`");
        errors.push(kind.span(), message);
    }
}

/// A network with generics of Rust's is written with them, `Inner::<3>`, apart from its dimensions.
fn generics_are_given(network: &Network<'_>, networks: &[Network<'_>], errors: &mut Errors) {
    for field in network.fields() {
        let (kind, sizes, _) = field.layer.written();
        let Some(inner) = defined(networks, kind) else {
            continue;
        };
        let mut generics = inner.item.generics.iter();
        if generics.all(Generic::has_default) {
            continue;
        }
        let (given, rest) = told_apart(sizes, inner.item);
        let rest = match rest.as_str() {
            "" => rest,
            rest => format!("<{rest}>"),
        };
        let name = &inner.item.name;
        let message = format!(
            "`{name}` takes generics of Rust's, which stand in `::<…>`: `{name}::<{given}>{rest}`"
        );
        errors.push(kind.span(), message);
    }
}

/// What is written in `<…>` for Rust's generics, and what for the dimensions: both stand in the order in which the
/// network declares them. What that does not tell is left to the user.
fn told_apart(written: &[Expr], item: &Item) -> (String, String) {
    let generic = |name: &Ident| (item.generics.iter()).find(|generic| generic.name() == name);
    let mut order: Vec<_> = item.order.iter().map(generic).collect();
    if order.len() != written.len() {
        order.retain(|generic| !generic.is_some_and(Generic::has_default));
    }
    let all: Vec<_> = written.iter().map(shown).collect();
    if order.len() != written.len() {
        let are_dimensions = item.parameters.len() == all.len();
        let rest = if are_dimensions {
            all.join(", ")
        } else {
            "…".to_owned()
        };
        return ("…".to_owned(), rest);
    }
    let (given, rest): (Vec<_>, Vec<_>) =
        (all.into_iter().zip(order)).partition(|(_, generic)| generic.is_some());
    let listed = |part: Vec<(String, _)>| {
        part.into_iter()
            .map(|(size, _)| size)
            .collect::<Vec<_>>()
            .join(", ")
    };
    (listed(given), listed(rest))
}

fn ties_are_unique(network: &Network<'_>, errors: &mut Errors) {
    for field in network.fields() {
        let ties = field.layer.ties();
        for (i, tie) in ties.iter().enumerate() {
            if ties[..i].iter().any(|other| other.name == tie.name) {
                let message = format!("`{}` of `{}` is tied twice", tie.name, field.name);
                errors.push(tie.name.span(), message);
            }
        }
    }
}

/// A parameter must be some layer's own in the end. A circle is told at its first tie.
fn ties_are_no_circle(network: &Network<'_>, errors: &mut Errors) {
    let mut told: Vec<&Tie> = Vec::new();
    for (field, tie) in network.ties() {
        let circle = followed(network, tie);
        let (Some(last), false) = (
            circle.last(),
            told.iter().any(|told| std::ptr::eq(*told, tie)),
        ) else {
            continue;
        };
        if !leads_to(last, field, tie) {
            continue;
        }
        let mut words = format!("`{}.{}`", field.name, tie.name);
        for tie in &circle {
            words.push_str(&format!(" is `{}`", tie.path()));
        }
        errors.push(
            tie.span,
            format!("{words}: one of them must be its layer's own"),
        );
        told.extend(circle);
    }
}

/// A tie and those that it leads to, each once.
fn followed<'n>(network: &'n Network<'_>, first: &'n Tie) -> Vec<&'n Tie> {
    let mut found = vec![first];
    loop {
        let last = found[found.len() - 1];
        let next = network
            .ties()
            .find(|(field, tie)| leads_to(last, field, tie))
            .map(|(_, tie)| tie);
        match next {
            Some(next) if !found.iter().any(|tie| std::ptr::eq(*tie, next)) => found.push(next),
            _ => return found,
        }
    }
}

/// Whether a tie leads to a parameter that is tied in turn. What is within a layer never is by this network.
fn leads_to(tie: &Tie, field: &Field, next: &Tie) -> bool {
    let within = |step: &Step| matches!(step, Step::Layer(_));
    let same_name = match &tie.owned {
        Some(owned) => *owned == next.name,
        // What a layer takes that is a parameter itself is its value.
        None => next.name == "value",
    };
    tie.owner == field.name && same_name && !tie.steps.iter().any(within)
}
