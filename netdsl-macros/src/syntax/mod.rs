//! What was written: the grammar of `network!`, as data.
//!
//! ```text
//! definitions  = (network | function)*
//! network      = ["#[eager]" | "#[loaded]"] attribute* visibility "struct" name ["<" parameter ("," parameter)* ">"] [where] "{" field* "}" [function* forward]
//! parameter    = name                                      // a dimension
//!              | "const" name ":" ("usize" | "bool") ["=" value]       // a dimension or an option known to the compiler
//!              | name ":" bounds                            // a kind of layers
//! field        = attribute* [visibility] name ":" layer ","
//! layer        = kind ["<" size ("," size)* ">"] ["(" option ("," option)* ")"]
//!              | "[" layer ";" size "]"
//!              | "Option" "<" layer ">" "(" "when" "=" value ")"
//! kind         = path ["::" "<" argument ("," argument)* ">"]  // Rust's generics, as in an expression
//! option       = name "=" (value | tie)
//! tie          = layer ("." layer | "[" number "]")* ["." parameter] [".t()"]
//! forward      = attribute* "fn" "forward" "(" argument* ")" ["->" result] block
//! argument     = ["mut"] name [":" shape] ","
//! function     = attribute* visibility ["const"] "fn" …     // Rust's, from tensors to tensors
//! shape        = "[" size ("," size)* "]"
//! result       = shape | "_" | "(" result ("," result)* ")"
//! size, value  = "_" | expression
//! construction = kind ["<" size ("," size)* ">"] ("," name "=" expression)*
//! ```

mod construction;
mod forward;
mod function;
mod item;
mod layer;
mod outside;
mod places;
mod python;

pub use construction::Construction;
pub use forward::{Argument, Forward, ResultShape};
pub use function::{Function, is_tensor};
pub use item::{Constant, Generic, Item};
pub use layer::{Field, Layer, Step, Tie, only_name, shown};

use crate::report::Errors;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    AngleBracketedGenericArguments, Attribute, Expr, GenericArgument, Ident, Path, PathArguments,
    PathSegment, Result, Token, Type, Visibility,
};

/// What one `network!` defines.
#[derive(Default)]
pub struct Definitions {
    pub networks: Vec<Item>,
    pub functions: Vec<Function>,
}

/// All that one `network!` defines, in the order written. What is written wrongly is left out, up to the next layer,
/// function or network.
pub fn definitions(tokens: TokenStream, errors: &mut Errors) -> Definitions {
    let mut definitions = Definitions::default();
    let parsed = |input: ParseStream| {
        if input.is_empty() {
            return Err(input.error("expected a network: `struct Name { layer: Kind<…>, … }`"));
        }
        while !input.is_empty() {
            let last = definitions.networks.last_mut();
            let parsed = if function::begins(input) {
                attempt(input, errors, Function::parse)
                    .map(|function| definitions.functions.extend(function))
            } else if let Some(last) = last.filter(|last| last.begins_forward(input)) {
                last.parse_forward(input, errors).map(Some)?
            } else {
                attempt(input, errors, |ahead, errors| {
                    outside::is_network(ahead)?;
                    Item::parse(ahead, errors)
                })
                .map(|network| definitions.networks.push(network))
            };
            if parsed.is_none() {
                skip_definition(input)?;
            }
        }
        Ok(())
    };
    if let Err(error) = parse_whole(tokens, parsed) {
        errors.add(error);
    }
    definitions
}

/// The network to be built that a `network!` consists of.
pub fn construction(tokens: TokenStream, errors: &mut Errors) -> Option<Construction> {
    parse_whole(tokens, Construction::parse)
        .map_err(|error| errors.add(error))
        .ok()
}

/// Parses all that one `network!` holds. What is missing at its end is told at the last token.
fn parse_whole<T>(tokens: TokenStream, parse: impl FnOnce(ParseStream) -> Result<T>) -> Result<T> {
    let end = match tokens.clone().into_iter().last() {
        Some(TokenTree::Group(group)) => group.span_close(),
        Some(token) => token.span(),
        None => Span::call_site(),
    };
    parse_before(end, tokens, parse)
}

/// Parses tokens that stand before a place. What is missing at their end is told there: tokens by themselves end with
/// the macro.
fn parse_before<T>(
    end: Span,
    tokens: TokenStream,
    parse: impl FnOnce(ParseStream) -> Result<T>,
) -> Result<T> {
    let mut ended = Group::new(Delimiter::Brace, tokens);
    ended.set_span(end);
    let parse = |input: ParseStream| {
        let inside;
        syn::braced!(inside in input);
        parse(&inside)
    };
    parse.parse2(TokenTree::Group(ended).into())
}

/// The same tokens with `n` for `r#n`, which is the same name; a keyword stays raw.
pub fn without_idle_raw(tokens: TokenStream) -> TokenStream {
    let renamed = |token| match token {
        TokenTree::Ident(name) => TokenTree::Ident(plain(name)),
        TokenTree::Group(group) if has_raw(group.stream()) => {
            let mut renamed = Group::new(group.delimiter(), without_idle_raw(group.stream()));
            renamed.set_span(group.span());
            TokenTree::Group(renamed)
        }
        token => token,
    };
    tokens.into_iter().map(renamed).collect()
}

fn has_raw(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => is_raw(&name),
        TokenTree::Group(group) => has_raw(group.stream()),
        _ => false,
    })
}

fn is_raw(name: &Ident) -> bool {
    name.unraw() != *name
}

fn plain(name: Ident) -> Ident {
    let plain = name.unraw();
    // A keyword of a later edition than syn's.
    let is_keyword =
        plain == "gen" || syn::parse2::<Ident>(TokenTree::from(plain.clone()).into()).is_err();
    if is_keyword { name } else { plain }
}

/// Parses something, if that goes well; otherwise the input stays where it is.
fn attempt<T>(
    input: ParseStream,
    errors: &mut Errors,
    parse: impl FnOnce(ParseStream, &mut Errors) -> Result<T>,
) -> Option<T> {
    let ahead = input.fork();
    match parse(&ahead, errors) {
        Ok(parsed) => {
            input.advance_to(&ahead);
            Some(parsed)
        }
        Err(error) => {
            errors.add(error);
            None
        }
    }
}

/// Leaves out a definition, up to the next one.
fn skip_definition(input: ParseStream) -> Result<()> {
    let mut is_past = !begins_definition(input);
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        is_past |= matches!(&token, TokenTree::Ident(word) if word == "struct" || word == "fn");
        if is_past && begins_definition(input) {
            break;
        }
    }
    Ok(())
}

fn begins_definition(input: ParseStream) -> bool {
    begins_network(input) || function::begins(input)
}

fn begins_network(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer).is_ok()
        && ahead.parse::<Visibility>().is_ok()
        && ahead.peek(Token![struct])
}

/// The path of a layer or a network, Rust's generics written as in an expression: `Net::<10>`. A `<` without
/// `::` begins the sizes.
fn kind(input: ParseStream) -> Result<Path> {
    let mut path = Path {
        leading_colon: input.parse()?,
        segments: Punctuated::new(),
    };
    loop {
        let keyword = input.peek(Token![super]) || input.peek(Token![self]);
        let name = if keyword || input.peek(Token![crate]) {
            input.call(Ident::parse_any)?
        } else {
            input.parse()?
        };
        let mut segment = PathSegment::from(name);
        if input.peek(Token![::]) && input.peek3(Token![<]) {
            let mut arguments = input.call(AngleBracketedGenericArguments::parse_turbofish)?;
            arguments.args.iter().try_for_each(has_no_sizes)?;
            // The path's last token is where its first one is: what is wrong with what it is given is told there by
            // all that is written here, and so once.
            arguments.gt_token.spans = [path
                .segments
                .first()
                .map_or(segment.ident.span(), Spanned::span)];
            segment.arguments = PathArguments::AngleBracketed(arguments);
        }
        path.segments.push_value(segment);
        if !input.peek(Token![::]) {
            return Ok(path);
        }
        path.segments.push_punct(input.parse()?);
    }
}

/// A kind of layers among Rust's generics, `Net::<Linear>`, stands without sizes, and so do numbers: in a type, `_` is none.
fn has_no_sizes(argument: &GenericArgument) -> Result<()> {
    if let GenericArgument::Type(Type::Infer(open)) = argument {
        let help = "what stands in `::<…>` is given and not inferred\n  \
                    = help: write it, or have the network take a size as a dimension, `Net<width>`, which may stay open";
        return Err(syn::Error::new(open.span(), help));
    }
    let GenericArgument::Type(Type::Path(kind)) = argument else {
        return Ok(());
    };
    let Some(last) = kind.path.segments.last() else {
        return Ok(());
    };
    let PathArguments::AngleBracketed(given) = &last.arguments else {
        return Ok(());
    };
    let is_open = |own: &GenericArgument| matches!(own, GenericArgument::Type(Type::Infer(_)));
    match given.args.iter().find(|own| is_open(own)) {
        Some(open) => Err(syn::Error::new(
            open.span(),
            format!(
                "a kind of layers stands here without sizes, which follow from what arrives\n  \
                 = help: write `{0}`, or the name of a network that has a `{0}` of these sizes",
                last.ident
            ),
        )),
        None => given.args.iter().try_for_each(has_no_sizes),
    }
}

struct NamedValue(Ident, Expr);

impl Parse for NamedValue {
    fn parse(input: ParseStream) -> Result<Self> {
        let within = input.peek(syn::token::Bracket) || input.peek2(Token![.]);
        if within || input.peek2(syn::token::Bracket) {
            return Err(input.error(
                "a layer within this one has the parameters that its own network says\n\
                 help: it is layers of this network that can take theirs from others: `weight = net.layer.weight`",
            ));
        }
        let name: Ident = input.parse()?;
        if input.peek(Token![:]) {
            return Err(input.error(format!("an option is given by `=`: `{name} = …`")));
        }
        input.parse::<Token![=]>()?;
        Ok(Self(name, input.parse()?))
    }
}

const EXPECTED_SIZE: &str = "expected a size: a number, a name or `_`";

/// `<size, size>`. A size ends at the next `,` or `>`, so an expression with `>` needs braces, as in
/// Rust's own generics.
fn sizes(input: ParseStream) -> Result<Vec<Expr>> {
    let mut sizes = Vec::new();
    if !input.peek(Token![<]) {
        return Ok(sizes);
    }
    input.parse::<Token![<]>()?;
    while !input.peek(Token![>]) {
        if input.peek(Token![<]) {
            return Err(input.error(EXPECTED_SIZE));
        }
        if input.peek(Ident) && input.peek2(Token![<]) {
            return Err(input.error(
                "a layer stands in the place of a size\n\
                 help: layers stand side by side in a struct, `first: Linear<4, 8>, second: Relu`: make a network of them",
            ));
        }
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) && !input.peek(Token![>]) {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
        if tokens.is_empty() {
            return Err(input.error(EXPECTED_SIZE));
        }
        sizes.push(parse_before(input.span(), tokens, Expr::parse)?);
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        } else if !input.peek(Token![>]) {
            return Err(input.error("expected `,` or `>`"));
        }
    }
    input.parse::<Token![>]>()?;
    Ok(sizes)
}
