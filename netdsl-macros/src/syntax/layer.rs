//! A layer as written, and the line of a network's struct that it stands in.

use super::{NamedValue, kind, places, sizes};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, Member, Path, Result, Token, Visibility};

/// A line of a network's struct.
pub struct Field {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub layer: Layer,
    /// The layer in the user's own words.
    pub words: String,
}

/// A layer as written.
pub enum Layer {
    /// `Conv2d<_, 6, 5>(padding = 2)`
    One {
        kind: Path,
        sizes: Vec<Expr>,
        options: Vec<(Ident, Expr)>,
        ties: Vec<Tie>,
    },
    /// `[Residual<64>; 4]`
    Stack { each: Box<Layer>, count: Expr },
    /// `Option<Conv2d<_, 64, 1>>(when = stride != 1)`
    Optional { layer: Box<Layer>, when: Expr },
}

impl Layer {
    /// The kind, sizes and options of the layer itself, be it one of several or optional.
    pub fn written(&self) -> (&Path, &[Expr], &[(Ident, Expr)]) {
        match self {
            Self::One {
                kind,
                sizes,
                options,
                ..
            } => (kind, sizes, options),
            Self::Stack { each: layer, .. } | Self::Optional { layer, .. } => layer.written(),
        }
    }

    /// An option whose value is the name of a layer, as `is_layer` says, is a tie to it.
    pub fn tie_names(&mut self, is_layer: &impl Fn(&Ident) -> bool) {
        match self {
            Self::One { options, ties, .. } => {
                options.retain(|(name, value)| match only_name(value) {
                    Some(owner) if is_layer(owner) => {
                        ties.push(Tie {
                            name: name.clone(),
                            owner: owner.clone(),
                            steps: Vec::new(),
                            owned: None,
                            transposed: false,
                            span: value.span(),
                        });
                        false
                    }
                    _ => true,
                });
            }
            Self::Stack { each: layer, .. } | Self::Optional { layer, .. } => {
                layer.tie_names(is_layer);
            }
        }
    }

    /// What is tied of it, or of each member of a stack.
    pub fn ties(&self) -> &[Tie] {
        match self {
            Self::One { ties, .. } => ties,
            Self::Stack { each: layer, .. } | Self::Optional { layer, .. } => layer.ties(),
        }
    }
}

/// A parameter that is another layer's: `weight = encode.weight.t()`, `weight = body.blocks[0].fc.weight`.
pub struct Tie {
    /// The layer's own name for it.
    pub name: Ident,
    /// The layer it is of, or the one which that is in.
    pub owner: Ident,
    /// The way to it from there.
    pub steps: Vec<Step>,
    /// Its name there; none of a layer that is a parameter itself, `weight = table`.
    pub owned: Option<Ident>,
    /// Whether it is used transposed.
    pub transposed: bool,
    /// Where that was written.
    pub span: Span,
}

/// A part of the path to a layer within another one.
pub enum Step {
    /// `.fc`
    Layer(Ident),
    /// `[0]`
    Member(LitInt),
}

impl Step {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Layer(name) => name.span(),
            Self::Member(index) => index.span(),
        }
    }
}

impl Parse for Field {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name = input.parse()?;
        is_name(&name, input)?;
        input.parse::<Token![:]>()?;
        let ahead = input.fork();
        let layer = input.parse()?;
        Ok(Self {
            attributes,
            visibility,
            name,
            layer,
            words: words_between(&ahead, input)?,
        })
    }
}

/// Whether what a line begins with is a name, and the layer comes after it.
fn is_name(name: &Ident, input: ParseStream) -> Result<()> {
    let message = if input.peek(Token![=]) {
        format!("a layer stands after a `:`: `{name}: …`")
    } else if input.peek(Token![<]) || input.peek(Token![,]) || input.peek(syn::token::Paren) {
        format!("a layer has a name, which stands before it: `name: {name}…`")
    } else {
        return Ok(());
    };
    Err(syn::Error::new(name.span(), message))
}

/// What stands between two places.
pub fn words_between(from: ParseStream, to: ParseStream) -> Result<String> {
    let mut tokens = TokenStream::new();
    while from.cursor() != to.cursor() {
        tokens.extend([from.parse::<TokenTree>()?]);
    }
    Ok(set_close(tokens.to_string()))
}

/// Tokens as text, without the spaces that nobody writes: `Linear<_, 10>`.
fn set_close(mut text: String) -> String {
    let spaced = [" <", "< ", " >", " (", " ,", " ::", ":: "];
    for (spaced, close) in spaced.map(|spaced| (spaced, spaced.trim())) {
        text = text.replace(spaced, close);
    }
    text
}

impl Parse for Layer {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(syn::token::Bracket) {
            let inside;
            syn::bracketed!(inside in input);
            let begun = inside.fork();
            let each = inside.parse()?;
            if inside.is_empty() || inside.peek(Token![,]) {
                let each = words_between(&begun, &inside)?;
                let message = format!("a stack has a length after a `;`: `[{each}; 3]`");
                return Err(syn::Error::new(inside.span(), message));
            }
            inside.parse::<Token![;]>()?;
            let count = inside.parse()?;
            if !inside.is_empty() {
                return Err(inside.error("expected `]`"));
            }
            return Ok(Self::Stack { each, count });
        }
        if input.peek(Ident) && input.peek2(Token![<]) && input.fork().parse::<Ident>()? == "Option"
        {
            return optional(input);
        }
        let kind = kind(input)?;
        if input.peek(Token![.]) || kind.segments[0].ident == "torch" {
            return Err(places::of_module(&kind, input)?);
        }
        let sizes = sizes(input)?;
        places::are_in_place(&kind, &sizes, &places::values_ahead(input)?)?;
        let (mut options, mut ties) = (Vec::new(), Vec::new());
        if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            for NamedValue(name, value) in
                Punctuated::<NamedValue, Token![,]>::parse_terminated(&inside)?
            {
                match Tie::of(&name, &value)? {
                    Some(tie) => ties.push(tie),
                    None => options.push((name, value)),
                }
            }
        }
        places::ends(input)?;
        Ok(Self::One {
            kind,
            sizes,
            options,
            ties,
        })
    }
}

/// Tokens as text, as a user would write them.
pub fn shown(tokens: &impl ToTokens) -> String {
    set_close(tokens.to_token_stream().to_string())
}

/// `Option<layer>(when = condition)`
fn optional(input: ParseStream) -> Result<Layer> {
    let word: Ident = input.parse()?;
    input.parse::<Token![<]>()?;
    let layer = input.parse()?;
    input.parse::<Token![>]>()?;
    let help = "say when the layer is there: `Option<…>(when = stride != 1)`";
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), help));
    }
    let inside;
    syn::parenthesized!(inside in input);
    let NamedValue(name, when) = inside.parse()?;
    inside.parse::<Option<Token![,]>>()?;
    if name != "when" || !inside.is_empty() {
        return Err(syn::Error::new(name.span(), help));
    }
    Ok(Layer::Optional { layer, when })
}

impl Tie {
    /// Whether it leads to a layer of the network itself, which is the parameter: `weight = table`.
    pub fn is_of_itself(&self) -> bool {
        self.owned.is_none() && self.steps.is_empty()
    }

    /// The path to the parameter, as written.
    pub fn path(&self) -> String {
        let mut path = self.owner.to_string();
        for step in &self.steps {
            match step {
                Step::Layer(name) => path.push_str(&format!(".{name}")),
                Step::Member(index) => path.push_str(&format!("[{index}]")),
            }
        }
        match &self.owned {
            Some(owned) => format!("{path}.{owned}"),
            None => path,
        }
    }

    /// The tie that an option's value is, if it is one for sure: something of a lower-case name. That of an
    /// upper-case name is a constant's, and a name by itself may be a size's ([`Layer::tie_names`]).
    fn of(name: &Ident, value: &Expr) -> Result<Option<Self>> {
        if let Some(path) = quoted_path(value) {
            let message = format!("a parameter is named without quotes: `{name} = {path}`");
            return Err(syn::Error::new(value.span(), message));
        }
        if !begins_with_lower_case(value) {
            return Ok(None);
        }
        let (parameter, transposed) = match value {
            Expr::MethodCall(call) if call.method == "t" && call.args.is_empty() => {
                (&*call.receiver, true)
            }
            _ => (value, false),
        };
        let (layer, owned) = match parameter {
            Expr::Field(field) => match &field.member {
                Member::Named(t) if t == "T" => {
                    let message = format!(
                        "transposed is `.t()`: `{name} = {}.t()`",
                        shown(&field.base)
                    );
                    return Err(syn::Error::new(t.span(), message));
                }
                Member::Named(owned) => (&*field.base, Some(owned.clone())),
                Member::Unnamed(_) => (parameter, None),
            },
            _ => (parameter, None),
        };
        match path(layer) {
            Some((owner, steps)) => Ok(Some(Self {
                name: name.clone(),
                owner,
                steps,
                owned,
                transposed,
                span: value.span(),
            })),
            None => Err(syn::Error::new(
                value.span(),
                format!(
                    "a parameter can be that of another layer, as it is or transposed: `{name} = layer.{name}`, \
                     `{name} = net.layers[0].{name}.t()`"
                ),
            )),
        }
    }
}

/// The name that a value consists of.
pub fn only_name(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// A path in quotes: `"enc.weight"`.
fn quoted_path(value: &Expr) -> Option<String> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = value
    else {
        return None;
    };
    let text = text.value();
    let is_path =
        matches!(syn::parse_str(&text), Ok(Expr::Field(field)) if path(&field.base).is_some());
    is_path.then_some(text)
}

/// The path to a layer: `body.blocks[0].fc`.
fn path(layer: &Expr) -> Option<(Ident, Vec<Step>)> {
    let (within, step) = match layer {
        Expr::Path(name) => return Some((name.path.get_ident()?.clone(), Vec::new())),
        Expr::Field(field) => match &field.member {
            Member::Named(name) => (&*field.base, Step::Layer(name.clone())),
            Member::Unnamed(_) => return None,
        },
        Expr::Index(member) => match &*member.index {
            Expr::Lit(ExprLit {
                lit: Lit::Int(index),
                ..
            }) => (&*member.expr, Step::Member(index.clone())),
            _ => return None,
        },
        _ => return None,
    };
    let (owner, mut steps) = path(within)?;
    steps.push(step);
    Some((owner, steps))
}

/// Whether a value is a field, a member or a method's result, of a lower-case name in the end.
fn begins_with_lower_case(value: &Expr) -> bool {
    let mut inner = match value {
        Expr::Field(field) => &*field.base,
        Expr::MethodCall(call) => &*call.receiver,
        Expr::Index(index) => &*index.expr,
        _ => return false,
    };
    loop {
        inner = match inner {
            Expr::Field(field) => &*field.base,
            Expr::MethodCall(call) => &*call.receiver,
            Expr::Index(index) => &*index.expr,
            Expr::Path(path) => {
                return path
                    .path
                    .get_ident()
                    .is_some_and(|name| name.to_string().starts_with(char::is_lowercase));
            }
            _ => return false,
        };
    }
}
