//! What was written: the grammar of `network!`, as data.
//!
//! ```text
//! networks     = network*
//! network      = ["#[eager]" | "#[loaded]"] attribute* visibility "struct" name ["<" parameter ("," parameter)* ">"] [where] "{" field* "}" [forward]
//! parameter    = name                                      // a dimension
//!              | "const" name ":" ("usize" | "bool")       // a dimension or an option known to the compiler
//!              | name ":" bounds                            // a kind of layers
//! field        = attribute* [visibility] name ":" layer ","
//! layer        = kind ["<" size ("," size)* ">"] ["(" option ("," option)* ")"]
//!              | "[" layer ";" size "]"
//!              | "Option" "<" layer ">" "(" "when" "=" value ")"
//! kind         = path ["::" "<" argument ("," argument)* ">"]  // Rust's generics, as in an expression
//! option       = name "=" (value | tie)
//! tie          = layer "." parameter [".t()"]
//! forward      = attribute* "fn" "forward" "(" argument* ")" ["->" result] block
//! argument     = name [":" shape] ","
//! shape        = "[" size ("," size)* "]"
//! result       = shape | "_" | "(" result ("," result)* ")"
//! size, value  = "_" | expression
//! construction = kind ["<" size ("," size)* ">"] ("," name "=" expression)*
//! ```

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    AngleBracketedGenericArguments, Attribute, Block, Expr, Ident, Member, Path, PathArguments,
    PathSegment, Result, Token, Type, TypeParam, Visibility, WhereClause, WherePredicate,
};

/// All networks of one `network!`.
pub struct Networks {
    /// In the order written.
    pub items: Vec<Item>,
}

/// A network as written.
pub struct Item {
    pub attributes: Vec<Attribute>,
    /// `#[eager]` and `#[loaded]`, which are netdsl's own.
    pub demands: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    /// Rust's generics: what the compiler knows of a type.
    pub generics: Vec<Generic>,
    pub conditions: Option<WhereClause>,
    /// Dimension parameters.
    pub parameters: Vec<Ident>,
    pub fields: Vec<Field>,
    pub forward: Option<Forward>,
}

/// A generic parameter of Rust's.
pub enum Generic {
    Constant(Box<Constant>),
    /// `B: UnaryLayer`: the kind of a layer.
    Kind(Box<TypeParam>),
}

/// `const CLASSES: usize`
pub struct Constant {
    pub name: Ident,
    pub kind: Type,
}

impl Constant {
    /// Whether it is a size or another whole number.
    pub fn is_number(&self) -> bool {
        matches!(&self.kind, Type::Path(path) if path.path.is_ident("usize"))
    }

    /// Whether it is `true` or `false`.
    pub fn is_flag(&self) -> bool {
        matches!(&self.kind, Type::Path(path) if path.path.is_ident("bool"))
    }
}

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

    /// What is tied of it, or of each member of a stack.
    pub fn ties(&self) -> &[Tie] {
        match self {
            Self::One { ties, .. } => ties,
            Self::Stack { each: layer, .. } | Self::Optional { layer, .. } => layer.ties(),
        }
    }
}

/// A parameter that is another layer's: `weight = encode.weight.t()`.
pub struct Tie {
    /// The layer's own name for it.
    pub name: Ident,
    /// The layer it is of.
    pub owner: Ident,
    /// Its name there.
    pub owned: Ident,
    /// Whether it is used transposed.
    pub transposed: bool,
    /// Where that was written.
    pub span: Span,
}

/// The function that says how data flows.
pub struct Forward {
    pub attributes: Vec<Attribute>,
    pub arguments: Vec<Argument>,
    pub result: ResultShape,
    pub body: Block,
}

/// An argument of `forward`, with the shape of a sample if one was given.
pub struct Argument {
    pub name: Ident,
    pub shape: Option<Vec<Expr>>,
}

/// What `forward` says it returns.
pub enum ResultShape {
    /// Nothing was said: one tensor of any shape.
    Any,
    /// `[10]`
    Shape(Vec<Expr>),
    /// `([10], [4, _])`
    Tuple(Vec<ResultShape>),
}

/// A network to be built: `network!(Mlp<20, _>, seed = 7)`.
pub struct Construction {
    pub kind: Path,
    pub sizes: Vec<Expr>,
    pub options: Vec<(Ident, Expr)>,
}

impl Parse for Networks {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        if items.is_empty() {
            return Err(input.error("expected a network: `struct Name { layer: Kind<…>, … }`"));
        }
        Ok(Self { items })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let (demands, attributes) = attributes.into_iter().partition(is_demand);
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let parameters = parameters(input)?;
        let conditions = input.parse()?;
        let (generics, dimensions) = told_apart(parameters, Option::as_ref(&conditions));
        let inside;
        syn::braced!(inside in input);
        let fields = Punctuated::<Field, Token![,]>::parse_terminated(&inside)?
            .into_iter()
            .collect();
        let forward = if begins_forward(input) {
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self {
            attributes,
            demands,
            visibility,
            name,
            generics,
            conditions,
            parameters: dimensions,
            fields,
            forward,
        })
    }
}

fn is_demand(attribute: &Attribute) -> bool {
    ["eager", "loaded"]
        .iter()
        .any(|demand| attribute.path().is_ident(demand))
}

impl Item {
    /// The parameters that are numbers and flags known to the compiler.
    pub fn constants(&self) -> impl Iterator<Item = &Constant> {
        self.generics.iter().filter_map(|generic| match generic {
            Generic::Constant(constant) => Some(&**constant),
            Generic::Kind(_) => None,
        })
    }

    /// The parameters that stand for kinds of layers.
    pub fn kinds(&self) -> impl Iterator<Item = &Ident> {
        self.generics.iter().filter_map(|generic| match generic {
            Generic::Constant(_) => None,
            Generic::Kind(kind) => Some(&kind.ident),
        })
    }

    /// The names of all parameters that are numbers or flags, those first that the compiler knows.
    pub fn named_parameters(&self) -> impl Iterator<Item = &Ident> {
        let constants = self.constants().map(|constant| &constant.name);
        constants.chain(&self.parameters)
    }
}

fn begins_forward(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer).is_ok() && ahead.peek(Token![fn])
}

/// What stands in `<…>` after a network's name.
enum Parameter {
    Generic(Generic),
    /// A dimension; or a kind, if the conditions say what kinds it may be.
    Name(Ident),
}

impl Parse for Parameter {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(syn::Lifetime) {
            return Err(input.error("a network owns its parameters: it has no lifetimes"));
        }
        if input.peek(Token![const]) {
            input.parse::<Token![const]>()?;
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            let kind = input.parse()?;
            return Ok(Self::Generic(Generic::Constant(Box::new(Constant {
                name,
                kind,
            }))));
        }
        if input.peek2(Token![:]) {
            return Ok(Self::Generic(Generic::Kind(Box::new(input.parse()?))));
        }
        Ok(Self::Name(input.parse()?))
    }
}

fn parameters(input: ParseStream) -> Result<Vec<Parameter>> {
    let mut parameters = Vec::new();
    if !input.peek(Token![<]) {
        return Ok(parameters);
    }
    input.parse::<Token![<]>()?;
    while !input.peek(Token![>]) {
        parameters.push(input.parse()?);
        if !input.peek(Token![>]) {
            input.parse::<Token![,]>()?;
        }
    }
    input.parse::<Token![>]>()?;
    Ok(parameters)
}

/// Rust's generics and the dimensions, told apart.
fn told_apart(
    parameters: Vec<Parameter>,
    conditions: Option<&WhereClause>,
) -> (Vec<Generic>, Vec<Ident>) {
    let is_bounded = |name: &Ident| {
        let predicates = conditions.into_iter().flat_map(|clause| &clause.predicates);
        predicates.into_iter().any(|predicate| {
            matches!(predicate, WherePredicate::Type(bounded)
                if matches!(&bounded.bounded_ty, Type::Path(path) if path.path.is_ident(name)))
        })
    };
    let (mut generics, mut dimensions) = (Vec::new(), Vec::new());
    for parameter in parameters {
        match parameter {
            Parameter::Generic(generic) => generics.push(generic),
            Parameter::Name(name) if is_bounded(&name) => {
                generics.push(Generic::Kind(Box::new(name.into())))
            }
            Parameter::Name(name) => dimensions.push(name),
        }
    }
    (generics, dimensions)
}

impl Parse for Field {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name = input.parse()?;
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

/// What stands between two places.
fn words_between(from: ParseStream, to: ParseStream) -> Result<String> {
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
            let each = inside.parse()?;
            inside.parse::<Token![;]>()?;
            return Ok(Self::Stack {
                each,
                count: inside.parse()?,
            });
        }
        if input.peek(Ident) && input.peek2(Token![<]) && input.fork().parse::<Ident>()? == "Option"
        {
            return optional(input);
        }
        let kind = kind(input)?;
        let sizes = sizes(input)?;
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
        Ok(Self::One {
            kind,
            sizes,
            options,
            ties,
        })
    }
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
            let arguments = input.call(AngleBracketedGenericArguments::parse_turbofish)?;
            segment.arguments = PathArguments::AngleBracketed(arguments);
        }
        path.segments.push_value(segment);
        if !input.peek(Token![::]) {
            return Ok(path);
        }
        path.segments.push_punct(input.parse()?);
    }
}

impl Tie {
    /// The tie that an option's value is, if it is one: something of a lower-case name. That of an
    /// upper-case name is a constant's.
    fn of(name: &Ident, value: &Expr) -> Result<Option<Self>> {
        if !begins_with_lower_case(value) {
            return Ok(None);
        }
        let (parameter, transposed) = match value {
            Expr::MethodCall(call) if call.method == "t" && call.args.is_empty() => {
                (&*call.receiver, true)
            }
            _ => (value, false),
        };
        if let Expr::Field(field) = parameter
            && let (Expr::Path(owner), Member::Named(owned)) = (&*field.base, &field.member)
            && let Some(owner) = owner.path.get_ident()
        {
            return Ok(Some(Self {
                name: name.clone(),
                owner: owner.clone(),
                owned: owned.clone(),
                transposed,
                span: value.span(),
            }));
        }
        Err(syn::Error::new(
            value.span(),
            format!(
                "a parameter can be that of a layer of this network, as it is or transposed: \
                 `{name} = layer.{name}` or `{name} = layer.{name}.t()`"
            ),
        ))
    }
}

/// Whether a value is a field or a method's result, of a lower-case name in the end.
fn begins_with_lower_case(value: &Expr) -> bool {
    let mut inner = match value {
        Expr::Field(field) => &*field.base,
        Expr::MethodCall(call) => &*call.receiver,
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

struct NamedValue(Ident, Expr);

impl Parse for NamedValue {
    fn parse(input: ParseStream) -> Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self(name, input.parse()?))
    }
}

/// `<size, size>`. A size ends at the next `,` or `>`, so an expression with `>` needs braces, as in
/// Rust's own generics.
fn sizes(input: ParseStream) -> Result<Vec<Expr>> {
    let mut sizes = Vec::new();
    if !input.peek(Token![<]) {
        return Ok(sizes);
    }
    input.parse::<Token![<]>()?;
    while !input.peek(Token![>]) {
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) && !input.peek(Token![>]) {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
        if tokens.is_empty() {
            return Err(input.error("expected a size: a number, a name or `_`"));
        }
        sizes.push(syn::parse2(tokens)?);
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        } else if !input.peek(Token![>]) {
            return Err(input.error("expected `,` or `>`"));
        }
    }
    input.parse::<Token![>]>()?;
    Ok(sizes)
}

impl Parse for Forward {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![fn]>()?;
        let name: Ident = input.parse()?;
        if name != "forward" {
            return Err(syn::Error::new(
                name.span(),
                "a network has one function, `forward`; other functions stand outside as `const fn`",
            ));
        }
        let inside;
        syn::parenthesized!(inside in input);
        let arguments = Punctuated::<Argument, Token![,]>::parse_terminated(&inside)?
            .into_iter()
            .collect();
        let result = if input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
            input.parse()?
        } else {
            ResultShape::Any
        };
        Ok(Self {
            attributes,
            arguments,
            result,
            body: input.parse()?,
        })
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> Result<Self> {
        let name: Ident = input.parse()?;
        let shape = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            shape(input)?
        } else {
            None
        };
        Ok(Self { name, shape })
    }
}

/// `[a, b]`, or `_` for any.
fn shape(input: ParseStream) -> Result<Option<Vec<Expr>>> {
    if input.peek(Token![_]) {
        input.parse::<Token![_]>()?;
        return Ok(None);
    }
    if !input.peek(syn::token::Bracket) {
        return Err(input.error(
            "expected the shape of a sample, such as `[3, _, _]`; the batch is not written",
        ));
    }
    let inside;
    syn::bracketed!(inside in input);
    Ok(Some(
        Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?
            .into_iter()
            .collect(),
    ))
}

impl Parse for ResultShape {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            let parts = Punctuated::<ResultShape, Token![,]>::parse_terminated(&inside)?;
            return Ok(Self::Tuple(parts.into_iter().collect()));
        }
        Ok(shape(input)?.map_or(Self::Any, Self::Shape))
    }
}

impl Parse for Construction {
    fn parse(input: ParseStream) -> Result<Self> {
        let kind = kind(input)?;
        let sizes = sizes(input)?;
        let mut options = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let NamedValue(name, value) = input.parse()?;
            options.push((name, value));
        }
        Ok(Self {
            kind,
            sizes,
            options,
        })
    }
}
