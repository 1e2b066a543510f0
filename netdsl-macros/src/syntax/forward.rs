//! The function that says how data flows, as written.

use super::layer::words_between;
use super::python::{self, statements};
use super::{attempt, parse_before};
use crate::report::Errors;
use proc_macro2::TokenTree;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Paren};
use syn::{Attribute, Block, Expr, Ident, Lifetime, Result, Token};

/// The function that says how data flows.
pub struct Forward {
    pub attributes: Vec<Attribute>,
    pub arguments: Vec<Argument>,
    pub result: ResultShape,
    pub body: Block,
}

/// An argument of `forward`, with the shape of a sample if one was given.
#[derive(Clone)]
pub struct Argument {
    /// `mut`
    pub changes: Option<Token![mut]>,
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

impl Forward {
    /// Parses the function. Its arguments, its result and its body may each be wrong; it is then none.
    pub fn parse(input: ParseStream, errors: &mut Errors) -> Result<Option<Self>> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![fn]>()?;
        input.parse::<Ident>()?;
        let arguments = attempt(input, errors, |ahead, _| {
            let inside;
            syn::parenthesized!(inside in ahead);
            Punctuated::<Argument, Token![,]>::parse_terminated(&inside)
        });
        if arguments.is_none() && input.peek(Paren) {
            input.parse::<TokenTree>()?;
        }
        let result = attempt(input, errors, |ahead, _| {
            if ahead.parse::<Option<Token![->]>>()?.is_none() {
                return Ok(ResultShape::Any);
            }
            results(ahead)
        });
        while result.is_none() && !input.is_empty() && !input.peek(Brace) {
            input.parse::<TokenTree>()?;
        }
        if input.is_empty() && (arguments.is_none() || result.is_none()) {
            return Ok(None);
        }
        let body = body(input, errors)?;
        let whole = arguments.zip(result).zip(body);
        Ok(whole.map(|((arguments, result), body)| Self {
            attributes,
            arguments: arguments.into_iter().collect(),
            result,
            body,
        }))
    }
}

/// What stands after the `->`: several shapes stand in parentheses.
fn results(input: ParseStream) -> Result<ResultShape> {
    let begun = input.fork();
    let result = input.parse()?;
    if !input.peek(Token![,]) {
        return Ok(result);
    }
    let comma = input.span();
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        input.parse::<ResultShape>()?;
    }
    let all = words_between(&begun, input)?;
    let message = format!("several results stand in parentheses: `-> ({all})`");
    Err(syn::Error::new(comma, message))
}

/// The body. Where something in it is wrong, each statement is looked at by itself.
pub fn body(input: ParseStream, errors: &mut Errors) -> Result<Option<Block>> {
    if !input.peek(Brace) {
        return input.parse().map(Some);
    }
    let ahead = input.fork();
    // By itself, for what is left over in an index, `x[0, 1]`, is told at the end of what is parsed.
    let error = match syn::parse2(ahead.parse::<TokenTree>()?.into()) {
        Ok(body) => {
            input.advance_to(&ahead);
            return Ok(Some(body));
        }
        Err(error) => error,
    };
    let inside;
    let end = syn::braced!(inside in input).span.close();
    let statements = statements(inside.parse()?);
    let parsed = statements.map(|statement| {
        parse_before(end, statement.clone(), Block::parse_within)
            .map_err(|error| python::told(statement, error))
    });
    let mut wrong: Vec<_> = parsed.filter_map(Result::err).collect();
    if wrong.is_empty() {
        wrong.push(error);
    }
    wrong.into_iter().for_each(|error| errors.add(error));
    Ok(None)
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> Result<Self> {
        if let Some(receiver) = receiver(&input.fork())? {
            let message = "`forward` takes inputs only, and has no `self`: a layer is called by its name, `fc(x)`";
            return Err(syn::Error::new(receiver.span, message));
        }
        let changes = input.parse()?;
        let name: Ident = input.parse()?;
        let shape = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            shape(input)?
        } else {
            None
        };
        Ok(Self {
            changes,
            name,
            shape,
        })
    }
}

/// The `self` of `&self`, `mut self` and the like.
fn receiver(input: ParseStream) -> Result<Option<Token![self]>> {
    if input.parse::<Option<Token![&]>>()?.is_some() {
        input.parse::<Option<Lifetime>>()?;
    }
    input.parse::<Option<Token![mut]>>()?;
    input.parse()
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
