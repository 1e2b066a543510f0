//! What a network means: its names told apart.

pub mod names;
pub mod through;

use crate::report::Errors;
use crate::syntax::{self, Field, Forward, Item, Layer, Tie, only_name};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, HashSet};
use syn::spanned::Spanned;
use syn::{Attribute, BinOp, Expr, Ident, ItemFn, Path};

/// A network whose names are resolved.
pub struct Network<'s> {
    /// As written.
    pub item: &'s Item,
    /// The dimension parameters and named unknowns.
    pub dimensions: Dimensions,
    /// What may stay open.
    pub demand: Demand,
    /// The functions beside it.
    pub functions: &'s [Ident],
}

/// A function of the user's own, whose names are resolved.
pub struct Function<'s> {
    /// As written.
    pub item: &'s ItemFn,
    /// The first argument that is a tensor.
    pub tensor: &'s Ident,
    /// Its body, as that of a network without layers.
    pub body: Network<'s>,
}

impl<'s> Function<'s> {
    /// The meaning of what was written.
    pub fn of(
        function: &'s mut syntax::Function,
        functions: &'s [Ident],
        errors: &mut Errors,
    ) -> Self {
        Self {
            item: &function.item,
            tensor: &function.tensor,
            body: Network::of(&mut function.body, functions, errors),
        }
    }
}

/// What a network allows of its sizes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// They may wait for an input.
    Usual,
    /// `#[eager]`: none may wait once the network is built.
    Eager,
    /// `#[loaded]`: they may wait for a file.
    Loaded,
}

/// The names that stand for sizes.
pub struct Dimensions {
    /// Constant and dimension parameters, in order.
    pub parameters: Vec<Ident>,
    /// Named unknowns, by name, as they stand at their first use.
    pub unknowns: BTreeMap<String, Ident>,
}

impl<'s> Network<'s> {
    /// The meaning of what was written. A layer's name as an option's value is a tie, unless sizes have it too.
    pub fn of(item: &'s mut Item, functions: &'s [Ident], errors: &mut Errors) -> Self {
        let mut dimensions = Dimensions {
            parameters: item.named_parameters().cloned().collect(),
            unknowns: BTreeMap::new(),
        };
        let names = item.fields.iter().map(|field| field.name.clone());
        let layers: HashSet<_> = names.collect();
        for field in &item.fields {
            dimensions.learn_layer(&field.layer, &layers);
        }
        if let Some(forward) = &item.forward {
            dimensions.learn_signature(forward);
        }
        for field in &mut item.fields {
            let is_layer = |name: &Ident| layers.contains(name) && !dimensions.is_size(name);
            field.layer.tie_names(&is_layer);
        }
        Self {
            item,
            dimensions,
            demand: demand(&item.demands, errors),
            functions,
        }
    }

    /// Whether it stands for the body of a function beside networks.
    pub fn is_function(&self) -> bool {
        self.functions.contains(&self.item.name)
    }

    /// Whether the kind of a layer is a type parameter.
    pub fn is_any_kind(&self, kind: &Path) -> bool {
        let first = kind.segments.first().map(|first| &first.ident);
        kind.leading_colon.is_none() && self.item.kinds().any(|own| Some(own) == first)
    }

    /// Whether tokens mention a generic parameter.
    pub fn mentions_generics(&self, tokens: TokenStream) -> bool {
        let constants = self.item.constants().map(|constant| &constant.name);
        let generics: Vec<_> = constants.chain(self.item.kinds()).collect();
        !generics.is_empty() && mentions_any(tokens, &generics)
    }

    /// The layers whose kind is a type parameter.
    pub fn any_kind(&self) -> impl Iterator<Item = &Field> {
        let fields = self.item.fields.iter();
        fields.filter(|field| self.is_any_kind(field.layer.written().0))
    }

    /// The layers, in order.
    pub fn fields(&self) -> &[Field] {
        &self.item.fields
    }

    /// All ties, each with the layer it is written at.
    pub fn ties(&self) -> impl Iterator<Item = (&Field, &Tie)> {
        let fields = self.fields().iter();
        fields.flat_map(|field| field.layer.ties().iter().map(move |tie| (field, tie)))
    }

    /// The layers that are parameters themselves and that the body says nothing of, each with the first tie to it: they
    /// are there to be taken.
    pub fn taken(&self) -> Vec<(&Field, &Tie)> {
        let ties = self.ties().map(|(_, tie)| tie);
        let ties: Vec<&Tie> = ties.filter(|tie| tie.is_of_itself()).collect();
        let taken = self.fields().iter().filter_map(|field| {
            let tie = ties.iter().find(|tie| tie.owner == field.name)?;
            let single = matches!(field.layer, Layer::One { .. });
            (single && !self.is_in_body(&field.name)).then_some((field, *tie))
        });
        taken.collect()
    }

    fn is_in_body(&self, name: &Ident) -> bool {
        let forward = self.item.forward.as_ref();
        forward.is_some_and(|forward| mentions_any(forward.body.to_token_stream(), &[name]))
    }
}

fn demand(attributes: &[Attribute], errors: &mut Errors) -> Demand {
    for attribute in attributes {
        if attribute.meta.require_path_only().is_err() {
            errors.push(attribute.path().span(), "this attribute takes nothing");
        }
    }
    if let [_, second, ..] = attributes {
        let message = "a network is `#[eager]` or `#[loaded]`, once";
        errors.push(second.path().span(), message);
    }
    match attributes.first() {
        None => Demand::Usual,
        Some(first) if first.path().is_ident("eager") => Demand::Eager,
        Some(_) => Demand::Loaded,
    }
}

/// Knows which names stand for sizes of a network.
pub trait Sizes {
    /// Whether this one does.
    fn is_size(&self, name: &Ident) -> bool;

    /// Whether an expression is made of such names.
    fn are_mentioned(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Path(path) => {
                let name = path.path.get_ident();
                name.is_some_and(|name| self.is_size(name))
            }
            Expr::Paren(inner) => self.are_mentioned(&inner.expr),
            Expr::Block(block) => match &block.block.stmts[..] {
                [syn::Stmt::Expr(inner, None)] => self.are_mentioned(inner),
                _ => false,
            },
            Expr::Unary(unary) => self.are_mentioned(&unary.expr),
            Expr::Binary(binary) => {
                self.are_mentioned(&binary.left) || self.are_mentioned(&binary.right)
            }
            _ => false,
        }
    }
}

/// Whether an expression is a literal or the name of a constant, which is in upper case.
pub fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_) => true,
        Expr::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| is_upper_case(&last.ident))
        }
        _ => false,
    }
}

/// Whether an operator is one that tensors have.
pub fn is_arithmetic(op: &BinOp) -> bool {
    use BinOp::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Sub, SubAssign};
    matches!(
        op,
        Add(_)
            | Sub(_)
            | Mul(_)
            | Div(_)
            | AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
    )
}

fn is_upper_case(name: &Ident) -> bool {
    let name = name.to_string();
    name.chars()
        .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}

impl Sizes for Dimensions {
    fn is_size(&self, name: &Ident) -> bool {
        self.parameters.contains(name) || self.unknowns.contains_key(&name.to_string())
    }
}

impl Dimensions {
    /// All of the names.
    pub fn names(&self) -> impl Iterator<Item = &Ident> {
        self.parameters.iter().chain(self.unknowns.values())
    }

    /// A layer's name as an option's value makes no size of itself.
    fn learn_layer(&mut self, layer: &crate::syntax::Layer, layers: &HashSet<Ident>) {
        let is_layer = |value: &Expr| only_name(value).is_some_and(|name| layers.contains(name));
        match layer {
            crate::syntax::Layer::One { sizes, options, .. } => {
                let values = options.iter().map(|(_, value)| value);
                sizes
                    .iter()
                    .chain(values.filter(|value| !is_layer(value)))
                    .for_each(|size| self.learn(size));
            }
            crate::syntax::Layer::Stack { each, count } => {
                self.learn_layer(each, layers);
                self.learn(count);
            }
            crate::syntax::Layer::Optional { layer, when } => {
                self.learn_layer(layer, layers);
                self.learn(when);
            }
        }
    }

    fn learn_signature(&mut self, forward: &Forward) {
        for argument in &forward.arguments {
            argument
                .shape
                .iter()
                .flatten()
                .for_each(|size| self.learn(size));
        }
        self.learn_result(&forward.result);
    }

    fn learn_result(&mut self, result: &crate::syntax::ResultShape) {
        match result {
            crate::syntax::ResultShape::Any => {}
            crate::syntax::ResultShape::Shape(sizes) => {
                sizes.iter().for_each(|size| self.learn(size))
            }
            crate::syntax::ResultShape::Tuple(parts) => {
                parts.iter().for_each(|part| self.learn_result(part))
            }
        }
    }

    /// Takes in the unknowns that a size names. A lower-case name that is no parameter is an unknown;
    /// any other is a Rust constant.
    fn learn(&mut self, size: &Expr) {
        match size {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident()
                    && !self.parameters.contains(name)
                    && is_unknown_name(name)
                {
                    self.unknowns
                        .entry(name.to_string())
                        .or_insert_with(|| name.clone());
                }
            }
            Expr::Binary(binary) => {
                self.learn(&binary.left);
                self.learn(&binary.right);
            }
            Expr::Paren(inner) => self.learn(&inner.expr),
            Expr::Unary(unary) => self.learn(&unary.expr),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|part| self.learn(part)),
            Expr::Array(array) => array.elems.iter().for_each(|part| self.learn(part)),
            _ => {}
        }
    }
}

/// Whether one of some words is among tokens.
pub fn mentions_any(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => names.contains(&&word),
        TokenTree::Group(group) => mentions_any(group.stream(), names),
        _ => false,
    })
}

fn is_unknown_name(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(|first: char| first.is_lowercase())
        && !["true", "false"].contains(&name.as_str())
}
