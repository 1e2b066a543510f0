//! What can be wrong with a network before any size is looked at: one function for each rule.

use crate::model::Network;
use crate::report::Errors;
use crate::syntax::Layer;
use syn::spanned::Spanned;
use syn::{Attribute, Ident};

/// All rules, in order.
pub fn all(network: &Network<'_>, errors: &mut Errors) {
    layers_exist(network, errors);
    names_are_unique(network, errors);
    reserved_names(network, errors);
    nothing_is_configured_away(network, errors);
    constants_are_numbers_or_flags(network, errors);
    optional_layers_are_single(network, errors);
    layers_of_any_kind_have_no_sizes(network, errors);
    several_arguments_have_shapes(network, errors);
    arguments_exist(network, errors);
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
    let mut seen: Vec<(&Ident, &str)> = Vec::new();
    let named = (network
        .item
        .named_parameters()
        .map(|name| (name, "dimension")))
    .chain(network.fields().iter().map(|field| (&field.name, "layer")))
    .chain(arguments.map(|argument| (&argument.name, "argument")));
    for (name, what) in named {
        if let Some((_, before)) = seen.iter().find(|(other, _)| *other == name) {
            let again = if *before == what { "another" } else { "a" };
            let article = if what == "argument" { "an" } else { "a" };
            errors.push(
                name.span(),
                format!("`{name}` names {article} {what} here and {again} {before} already"),
            );
        }
        seen.push((name, what));
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
        let cfg = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident("cfg"));
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
        if let Some(first) = sizes.first().or(options.first().map(|(_, value)| value)) {
            errors.push(
                first.span(),
                "a layer of any kind takes no sizes here: they follow from what arrives, or stand in its type",
            );
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
