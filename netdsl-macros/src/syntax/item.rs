//! A network as written.

use super::{Field, Forward, attempt, begins_definition, outside};
use crate::report::Errors;
use proc_macro2::TokenTree;
use syn::Expr;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, Ident, Result, Token, Type, TypeParam, TypeParamBound, Visibility, WhereClause,
    WherePredicate,
};

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
    /// The names of both, in the order written.
    pub order: Vec<Ident>,
    pub fields: Vec<Field>,
    pub forward: Option<Forward>,
    /// Nothing of it was written wrongly, and so left out.
    pub is_whole: bool,
}

/// A generic parameter of Rust's.
pub enum Generic {
    Constant(Box<Constant>),
    /// `B: UnaryLayer`: the kind of a layer.
    Kind(Box<TypeParam>),
}

impl Generic {
    /// Its name.
    pub fn name(&self) -> &Ident {
        match self {
            Self::Constant(constant) => &constant.name,
            Self::Kind(kind) => &kind.ident,
        }
    }

    /// Whether it need not be given.
    pub fn has_default(&self) -> bool {
        match self {
            Self::Constant(constant) => constant.default.is_some(),
            Self::Kind(kind) => kind.default.is_some(),
        }
    }
}

/// `const CLASSES: usize`
pub struct Constant {
    pub name: Ident,
    pub kind: Type,
    /// What it is where it is not given.
    pub default: Option<Expr>,
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

impl Item {
    /// Parses a network; what is wrong with its layers and its function is collected.
    pub fn parse(input: ParseStream, errors: &mut Errors) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let (demands, attributes) = attributes.into_iter().partition(is_demand);
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name: Ident = input.parse()?;
        let parameters = parameters(input)?;
        let order = parameters.iter().map(Parameter::name).cloned().collect();
        let conditions = input.parse()?;
        let (generics, dimensions) = told_apart(parameters, Option::as_ref(&conditions));
        if !input.peek(syn::token::Brace) {
            let message = format!(
                "the layers of a network stand in braces, each behind its name: `struct {name} {{ layer: Kind<…>, … }}`"
            );
            return Err(syn::Error::new(input.span(), message));
        }
        let inside;
        syn::braced!(inside in input);
        let mut is_whole = true;
        let fields = fields(&inside, errors, &mut is_whole)?;
        let mut network = Self {
            attributes,
            demands,
            visibility,
            name,
            generics,
            conditions,
            parameters: dimensions,
            order,
            fields,
            forward: None,
            is_whole,
        };
        if network.begins_forward(input) {
            network.parse_forward(input, errors)?;
        }
        Ok(network)
    }

    /// Whether the function of this network begins here, directly after it or after functions.
    pub fn begins_forward(&self, input: ParseStream) -> bool {
        let ahead = input.fork();
        self.forward.is_none()
            && ahead.call(Attribute::parse_outer).is_ok()
            && ahead.parse::<Token![fn]>().is_ok()
            && ahead.parse::<Ident>().is_ok_and(|name| name == "forward")
    }

    /// Parses the function of the network. Where it is wrong it is left out, up to the next network.
    pub fn parse_forward(&mut self, input: ParseStream, errors: &mut Errors) -> Result<()> {
        self.forward = attempt(input, errors, Forward::parse).flatten();
        if self.forward.is_none() {
            self.is_whole = false;
            while !input.is_empty() && !begins_definition(input) {
                input.parse::<TokenTree>()?;
            }
        }
        Ok(())
    }
}

/// The lines of a network's struct. One that is wrong is left out, up to the next.
fn fields(input: ParseStream, errors: &mut Errors, is_whole: &mut bool) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    while !input.is_empty() {
        let field = attempt(input, errors, |ahead, _| {
            outside::is_comment(ahead)?;
            let field = ahead.parse()?;
            if ahead.peek(Token![;]) {
                return Err(ahead.error("a layer ends in a `,`"));
            }
            if !ahead.is_empty() {
                ahead.parse::<Token![,]>()?;
            }
            Ok(field)
        });
        if let Some(field) = field {
            fields.push(field);
            continue;
        }
        *is_whole = false;
        let mut is_next = false;
        while !input.is_empty() && !is_next {
            let token: TokenTree = input.parse()?;
            let is_comma = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',');
            is_next = is_comma && begins_field(input);
        }
    }
    Ok(fields)
}

fn begins_field(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer).is_ok()
        && ahead.parse::<Visibility>().is_ok()
        && ahead.parse::<Ident>().is_ok()
        && ahead.peek(Token![:])
        && !ahead.peek(Token![::])
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

/// What stands in `<…>` after a network's name.
enum Parameter {
    Generic(Generic),
    /// A dimension; or a kind, if the conditions say what kinds it may be.
    Name(Ident),
}

impl Parameter {
    fn name(&self) -> &Ident {
        match self {
            Self::Generic(generic) => generic.name(),
            Self::Name(name) => name,
        }
    }
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
            let default = match input.parse::<Option<Token![=]>>()? {
                // As in Rust: a literal, or an expression in braces.
                Some(_) if input.peek(syn::token::Brace) => Some(Expr::Block(input.parse()?)),
                Some(_) => Some(Expr::Lit(input.parse()?)),
                None => None,
            };
            return Ok(Self::Generic(Generic::Constant(Box::new(Constant {
                name,
                kind,
                default,
            }))));
        }
        if input.peek2(Token![:]) {
            let kind = input.parse()?;
            has_no_type(&kind)?;
            return Ok(Self::Generic(Generic::Kind(Box::new(kind))));
        }
        Ok(Self::Name(input.parse()?))
    }
}

/// `d: usize`, as if a dimension had a type.
fn has_no_type(parameter: &TypeParam) -> Result<()> {
    let numbers = [
        "usize", "u8", "u16", "u32", "u64", "i32", "i64", "isize", "int",
    ];
    let is_number = |bound: &&TypeParamBound| {
        matches!(bound, TypeParamBound::Trait(kind)
            if numbers.iter().any(|number| kind.path.is_ident(number)))
    };
    let Some(number) = parameter.bounds.iter().find(is_number) else {
        return Ok(());
    };
    let name = &parameter.ident;
    let message = format!(
        "a dimension has no type: write `{name}`; a number that the compiler knows is `const {}: usize`",
        name.to_string().to_uppercase()
    );
    Err(syn::Error::new(number.span(), message))
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
