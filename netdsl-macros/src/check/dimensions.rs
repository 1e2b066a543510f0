//! Dimension parameters that nothing uses, or that are none.

use crate::model::Network;
use crate::report::Errors;
use crate::syntax::{Field, Layer, ResultShape};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeMap;

/// Each dimension parameter stands somewhere. If it does not, a name that is much like it and stands in one
/// place only may be what was meant.
pub fn are_used(network: &Network<'_>, errors: &mut Errors) {
    let mut counts = BTreeMap::new();
    count_names(written(network), &mut counts);
    for parameter in &network.item.parameters {
        let name = parameter.to_string();
        if counts.contains_key(&name) {
            continue;
        }
        let unknowns = network.dimensions.unknowns.keys();
        let meant = unknowns
            .filter(|unknown| counts.get(*unknown) == Some(&1))
            .map(|unknown| (distance(unknown, &name), unknown))
            .filter(|(distance, _)| *distance <= name.len().div_ceil(4))
            .min();
        let help = match meant {
            Some((_, unknown)) => {
                format!("write `{name}` instead of `{unknown}`, which stands once")
            }
            None => "write it where it is a size, or leave it out".to_owned(),
        };
        let message = format!("nothing uses the dimension `{name}`\nhelp: {help}");
        errors.push(parameter.span(), message);
    }
}

/// A dimension is no kind of layers, which is a type and has a bound.
pub fn are_no_kinds(network: &Network<'_>, errors: &mut Errors) {
    for parameter in &network.item.parameters {
        let mut kinds = network.fields().iter().map(|field| field.layer.written().0);
        if !kinds.any(|kind| kind.is_ident(parameter)) {
            continue;
        }
        let name = &network.item.name;
        let message = format!(
            "`{parameter}` is a dimension, as it has no bound, and stands for a kind of layers: \
             write `{name}<{parameter}: UnaryLayer>`, to be given in `::<…>`, `{name}::<Relu>`"
        );
        errors.push(parameter.span(), message);
    }
}

/// All that can use a size.
fn written(network: &Network<'_>) -> TokenStream {
    let layers = network
        .fields()
        .iter()
        .map(|field: &Field| layer(&field.layer));
    let function = network.item.forward.iter().map(|forward| {
        let arguments = forward
            .arguments
            .iter()
            .flat_map(|argument| &argument.shape);
        let arguments = arguments.flatten();
        let (result, body) = (result(&forward.result), &forward.body);
        quote!(#(#arguments)* #result #body)
    });
    quote!(#(#layers)* #(#function)*)
}

fn layer(written: &Layer) -> TokenStream {
    match written {
        Layer::One {
            kind,
            sizes,
            options,
            ..
        } => {
            let options = options.iter().map(|(_, value)| value);
            quote!(#kind #(#sizes)* #(#options)*)
        }
        Layer::Stack {
            each,
            count: number,
        }
        | Layer::Optional {
            layer: each,
            when: number,
        } => {
            let each = layer(each);
            quote!(#each #number)
        }
    }
}

fn result(shape: &ResultShape) -> TokenStream {
    match shape {
        ResultShape::Any => TokenStream::new(),
        ResultShape::Shape(sizes) => sizes.iter().map(ToTokens::to_token_stream).collect(),
        ResultShape::Tuple(parts) => parts.iter().map(result).collect(),
    }
}

fn count_names(tokens: TokenStream, counts: &mut BTreeMap<String, usize>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => *counts.entry(name.to_string()).or_default() += 1,
            TokenTree::Group(group) => count_names(group.stream(), counts),
            _ => {}
        }
    }
}

/// How many letters must be put in, left out or replaced to make one name of the other (Levenshtein's).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn names_that_are_alike_are_near() {
        assert_eq!(distance("input", "inputs"), 1);
        assert_eq!(distance("clases", "classes"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "n"), 1);
    }
}
