//! What was written: the grammar of `network!`, as data.
//!
//! ```text
//! networks     = network*
//! network      = attribute* visibility "struct" name ["<" parameter ("," parameter)* ">"] "{" field* "}" [forward]
//! parameter    = name                                      // a dimension
//! field        = attribute* [visibility] name ":" layer ","
//! layer        = path ["<" size ("," size)* ">"] ["(" option ("," option)* ")"]
//!              | "[" layer ";" size "]"
//! option       = name "=" (value | tie)
//! tie          = layer "." parameter [".t()"]
//! forward      = attribute* "fn" "forward" "(" argument* ")" ["->" result] block
//! argument     = name [":" shape] ","
//! shape        = "[" size ("," size)* "]"
//! result       = shape | "_" | "(" result ("," result)* ")"
//! size, value  = "_" | expression
//! construction = path ["<" size ("," size)* ">"] ("," name "=" expression)*
//! ```

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, Ident, Member, Path, Result, Token, Visibility};

/// All networks of one `network!`.
pub struct Networks {
    /// In the order written.
    pub items: Vec<Item>,
}

/// A network as written.
pub struct Item {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub parameters: Vec<Ident>,
    pub fields: Vec<Field>,
    pub forward: Option<Forward>,
}

/// A line of a network's struct.
pub struct Field {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub layer: Layer,
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
}

impl Layer {
    /// What is tied of it, or of each member of a stack.
    pub fn ties(&self) -> &[Tie] {
        match self {
            Self::One { ties, .. } => ties,
            Self::Stack { each, .. } => each.ties(),
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
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let parameters = parameters(input)?;
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
            visibility,
            name,
            parameters,
            fields,
            forward,
        })
    }
}

fn begins_forward(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer).is_ok() && ahead.peek(Token![fn])
}

fn parameters(input: ParseStream) -> Result<Vec<Ident>> {
    if !input.peek(Token![<]) {
        return Ok(Vec::new());
    }
    input.parse::<Token![<]>()?;
    let mut parameters = Vec::new();
    while !input.peek(Token![>]) {
        if input.peek(Token![const]) || input.peek(syn::Lifetime) {
            return Err(input.error(
                "the parameters of a network are dimensions: write a plain name such as `classes`",
            ));
        }
        parameters.push(input.parse()?);
        if !input.peek(Token![>]) {
            input.parse::<Token![,]>()?;
        }
    }
    input.parse::<Token![>]>()?;
    Ok(parameters)
}

impl Parse for Field {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Self {
            attributes,
            visibility,
            name,
            layer: input.parse()?,
        })
    }
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
        let kind = input.call(Path::parse_mod_style)?;
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
        let kind = input.call(Path::parse_mod_style)?;
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
