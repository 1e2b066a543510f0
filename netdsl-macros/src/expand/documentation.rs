//! What rustdoc and an editor show of a network. The sizes that the compiler infers are no text while macros are expanded:
//! what was written is shown, and a table of types, which rustdoc works out (`rustdoc` of the library).

use crate::expand::{definition_name, shown};
use crate::model::{Network, Sizes};
use crate::syntax::{Field, Forward, Layer, ResultShape};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Expr;

/// The table of layers as written, for the network, and what it takes and gives.
pub fn of_network(network: &Network<'_>) -> String {
    let rows = network.fields().iter().map(|field| {
        let (name, words) = (&field.name, in_table(&field.words));
        format!("| `{name}` | `{words}` |\n")
    });
    let rows: String = rows.collect();
    let table = match rows.is_empty() {
        true => String::new(),
        false => format!("\n\n| layer | as written |\n| --- | --- |\n{rows}"),
    };
    let signature = network.item.forward.as_ref().map(signature);
    let signature = signature.map_or(String::new(), |words| {
        format!("\n\n`{words}`, for each sample")
    });
    format!(
        "{signature}{table}\n\nA network of netdsl. Printing it shows the table of its layers with every size that is known; \
         `UNRESOLVED` lists those that the compiler leaves open."
    )
}

/// The table of shapes, which the library's macro writes where documentation is made.
pub fn shapes(network: &Network<'_>) -> Option<TokenStream> {
    if network.fields().is_empty() {
        return None;
    }
    let (name, visibility) = (&network.item.name, &network.item.visibility);
    let (definition, alias) = (definition_name(network), shapes_name(network));
    let within = format_ident!("__{alias}");
    let whole = network.item.named_parameters().next().is_none();
    let count = network.fields().len();
    let rows = network.fields().iter().enumerate();
    let rows = rows.map(|(layer, field)| {
        let (name, kind) = (&field.name, shown_kind(network, field));
        let words = format!("`{}`", field.words);
        quote!(#[doc = #words] #layer #name: #kind;)
    });
    let doc = format!(
        "The shapes of [`{}`]({name}) as the compiler infers them: what each layer gives a sample, how many numbers its \
         parameters have, and whether it waits for a size. `-1` is what the compiler cannot know.",
        shown(name)
    );
    Some(quote! {
        #[cfg(doc)]
        ::netdsl::__shapes! {
            #[doc = #doc]
            #visibility type #alias = #within(#definition, #count, #whole);
            #(#rows)*
        }
    })
}

/// The kind of a layer, for its row.
fn shown_kind(network: &Network<'_>, field: &Field) -> TokenStream {
    let kind = field.layer.written().0;
    let kind = match network.mentions_generics(quote!(#kind)) {
        true => quote!(::netdsl::rustdoc::Generic),
        false => quote!(#kind),
    };
    match field.layer {
        Layer::One { .. } => kind,
        Layer::Stack { .. } => quote!(::netdsl::Stack<#kind>),
        Layer::Optional { .. } => quote!(::core::option::Option<#kind>),
    }
}

/// Where to see them.
pub fn see_shapes(network: &Network<'_>) -> Option<TokenStream> {
    let doc = format!(
        "\n\nIts shapes, as the compiler infers them: [`{}`].",
        shapes_name(network)
    );
    (!network.fields().is_empty()).then(|| quote!(#[cfg_attr(doc, doc = #doc)]))
}

/// `LeNetShapes`
fn shapes_name(network: &Network<'_>) -> Ident {
    format_ident!("{}Shapes", network.item.name)
}

/// What a layer is, for its field.
pub fn of_layer(network: &Network<'_>, field: &Field) -> String {
    let open = if leaves_open(network, field) {
        ": sizes that are not written follow from what is around it; it waits where the compiler cannot tell them"
    } else {
        ""
    };
    format!("\n\n`{}`{open}", field.words)
}

/// Whether a size of a layer is none that was written as a number or a constant.
fn leaves_open(network: &Network<'_>, field: &Field) -> bool {
    let (_, sizes, _) = field.layer.written();
    sizes.iter().any(|size| is_open(network, size))
}

fn is_open(network: &Network<'_>, size: &Expr) -> bool {
    match size {
        Expr::Infer(_) => true,
        Expr::Array(list) => list.elems.iter().any(|size| is_open(network, size)),
        Expr::Tuple(list) => list.elems.iter().any(|size| is_open(network, size)),
        size => network.dimensions.are_mentioned(size),
    }
}

/// `image: [3, _, _]` → `[10]`, as code.
fn signature(forward: &Forward) -> String {
    let arguments = forward
        .arguments
        .iter()
        .map(|argument| match &argument.shape {
            Some(shape) => format!("{}: {}", argument.name, shape_words(shape)),
            None => argument.name.to_string(),
        });
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    format!("forward({arguments}) -> {}", result_words(&forward.result))
}

fn result_words(result: &ResultShape) -> String {
    match result {
        ResultShape::Any => "_".to_owned(),
        ResultShape::Shape(shape) => shape_words(shape),
        ResultShape::Tuple(parts) => {
            let parts = parts.iter().map(result_words);
            format!("({})", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

fn shape_words(shape: &[Expr]) -> String {
    let sizes = shape.iter().map(|size| size.to_token_stream().to_string());
    format!("[{}]", sizes.collect::<Vec<_>>().join(", "))
}

/// Code in a cell of a table, whose columns `|` would end.
fn in_table(words: &str) -> String {
    words.replace('\n', " ").replace('|', "\\|")
}
