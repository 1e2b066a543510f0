//! What a name stands for at a place of a body: layers and sizes of the network, unless something nearer has
//! the name. Blocks, patterns and closures bind names as they do in ordinary Rust.

use super::through::Through;
use super::{Network, Sizes, is_arithmetic, is_constant};
use crate::syntax::Layer;
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprArray, ExprCall, ExprForLoop, ExprMethodCall, Item, Local, Pat, PatIdent,
    Path, Stmt, UnOp,
};

/// The names that are bound at a place.
#[derive(Default)]
pub struct Names {
    /// What each name stands for, the nearest last.
    meanings: HashMap<Ident, Vec<Meaning>>,
    /// The names in the order in which they were bound.
    bound: Vec<Ident>,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// How it is called, and which of the network's layers it is, or is a member of.
    Layer(Form, usize),
    /// A dimension parameter or a named unknown.
    Size,
    /// A constant parameter, which is a number as well.
    Constant,
    /// What the network computes.
    Computed(Computed),
    /// A value, a constant or a function, as in any Rust.
    Rust,
}

/// What the network computes, and so is known to nobody while a body runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Computed {
    Tensor,
    /// Whatever a layer gives: a tensor, or several.
    OfLayer,
    /// A size of a tensor: `x.size(1)`.
    Size,
}

/// In what way a layer is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Single,
    Stack,
    Optional,
}

impl Form {
    /// The way in which a layer as written is called.
    pub fn of(layer: &Layer) -> Self {
        match layer {
            Layer::One { .. } => Self::Single,
            Layer::Stack { .. } => Self::Stack,
            Layer::Optional { .. } => Self::Optional,
        }
    }
}

impl Names {
    /// The names where the body of a network's `forward` begins.
    pub fn of(network: &Network<'_>) -> Self {
        let sizes = network.dimensions.names().map(|name| {
            let mut constants = network.item.constants();
            let is_constant = constants.any(|constant| constant.name == *name);
            let meaning = match is_constant {
                true => Meaning::Constant,
                false => Meaning::Size,
            };
            (name.clone(), meaning)
        });
        let fields = network.fields().iter();
        let layers = fields.enumerate().map(|(i, field)| {
            let form = Form::of(&field.layer);
            (field.name.clone(), Meaning::Layer(form, i))
        });
        let forward = network.item.forward.iter();
        let arguments = forward.flat_map(|forward| &forward.arguments);
        // Those of a function beside networks have no shapes, and need not be tensors.
        let arguments = arguments.map(|argument| {
            let meaning = match argument.shape {
                Some(_) => Meaning::Computed(Computed::Tensor),
                None => Meaning::Rust,
            };
            (argument.name.clone(), meaning)
        });
        let functions = network.functions.iter();
        let functions = functions.map(|name| (name.clone(), Meaning::Rust));
        let mut names = Self::default();
        for (name, meaning) in functions.chain(sizes).chain(layers).chain(arguments) {
            names.add(name, meaning);
        }
        names
    }

    fn add(&mut self, name: Ident, meaning: Meaning) {
        self.meanings.entry(name.clone()).or_default().push(meaning);
        self.bound.push(name);
    }

    /// The layer that an expression names, and how it is called.
    pub fn layer<'e>(&self, expression: &'e Expr) -> Option<(&'e Ident, Form)> {
        let (name, form, _) = self.layer_of(expression)?;
        Some((name, form))
    }

    /// The same, and which of the network's layers that is, or is a member of.
    pub fn layer_of<'e>(&self, expression: &'e Expr) -> Option<(&'e Ident, Form, usize)> {
        let Expr::Path(path) = expression else {
            return None;
        };
        let name = path.path.get_ident()?;
        let (form, field) = self.layer_named(name)?;
        Some((name, form, field))
    }

    fn layer_named(&self, name: &Ident) -> Option<(Form, usize)> {
        let is_value = |meaning| !matches!(meaning, Meaning::Size | Meaning::Constant);
        match self.nearest(name, is_value)? {
            Meaning::Layer(form, field) => Some((form, field)),
            _ => None,
        }
    }

    /// What is called by `conv.over(1)(x)`: a layer or a member of a stack, and how `over` is written.
    pub fn over<'e>(&self, call: &'e ExprCall) -> Option<(&'e Expr, &'e ExprMethodCall)> {
        let Expr::MethodCall(over) = &*call.func else {
            return None;
        };
        let layer = match &*over.receiver {
            Expr::Index(member) => &*member.expr,
            layer => layer,
        };
        self.layer(layer)?;
        (over.method == "over").then_some((&*over.receiver, over))
    }

    /// Whether a name stands for a size that is no number by itself.
    pub fn is_open_size(&self, name: &Ident) -> bool {
        self.size(name) == Some(Meaning::Size)
    }

    /// The same of a value.
    pub fn stands_for_open_size(&self, value: &Expr) -> bool {
        matches!(value, Expr::Path(path) if path.path.get_ident().is_some_and(|name| self.is_open_size(name)))
    }

    /// Whether a name stands for a size or a constant parameter.
    pub fn is_size_or_constant(&self, name: &Ident) -> bool {
        matches!(self.size(name), Some(Meaning::Size | Meaning::Constant))
    }

    /// Whether an expression is computed from such a size.
    pub fn are_open(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Path(_) => self.stands_for_open_size(expression),
            Expr::Paren(inner) => self.are_open(&inner.expr),
            Expr::Binary(binary) => self.are_open(&binary.left) || self.are_open(&binary.right),
            _ => false,
        }
    }

    /// Whether a path is a name that the body binds.
    pub fn is_bound(&self, path: &Path) -> bool {
        let name = path.get_ident();
        name.is_some_and(|name| self.nearest(name, |_| true).is_some())
    }

    fn size(&self, name: &Ident) -> Option<Meaning> {
        self.nearest(name, |meaning| !matches!(meaning, Meaning::Layer(..)))
    }

    fn nearest(&self, name: &Ident, fits: impl Fn(Meaning) -> bool) -> Option<Meaning> {
        let mut meanings = self.meanings.get(name)?.iter().rev().copied();
        meanings.find(|meaning| fits(*meaning))
    }

    /// Whether the network computes a value for sure, and what.
    pub fn computed(&self, value: &Expr) -> Option<Computed> {
        match value {
            Expr::Path(path) => match self.nearest(path.path.get_ident()?, |_| true)? {
                Meaning::Computed(computed) => Some(computed),
                _ => None,
            },
            Expr::Paren(inner) => self.computed(&inner.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => self.computed(&unary.expr),
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                let operand = self.computed_tensor(&binary.left);
                operand.or_else(|| self.computed_tensor(&binary.right))?;
                Some(Computed::Tensor)
            }
            Expr::Call(call) => {
                let is_layer = self.layer(&call.func).is_some() || self.over(call).is_some();
                is_layer.then_some(Computed::OfLayer)
            }
            Expr::MethodCall(call) if self.layer(&call.receiver).is_some() => None,
            Expr::MethodCall(call) => {
                self.computed_tensor(&call.receiver)?;
                match call.method.to_string().as_str() {
                    "size" => Some(Computed::Size),
                    // An array, and what is known of sizes.
                    "chunk" | "shape" | "rank" | "batched" => None,
                    _ => Some(Computed::Tensor),
                }
            }
            _ => None,
        }
    }

    /// The same of what holds tensors.
    pub fn computed_tensor(&self, value: &Expr) -> Option<Computed> {
        self.computed(value).filter(|what| *what != Computed::Size)
    }

    /// Whether a list is one of sizes or axes, in which names of sizes stand for themselves, and constants
    /// may be numbers of any type.
    pub fn lists_sizes(&self, list: &ExprArray) -> bool {
        let is_number = |part: &Expr| match part {
            Expr::Path(path) => is_constant(part) && !self.is_bound(&path.path),
            _ => is_constant(part),
        };
        let is_size = |part: &Expr| match part {
            Expr::Infer(_) => true,
            _ if self.computed(part) == Some(Computed::Size) => true,
            Expr::Unary(unary) if is_number(&unary.expr) => true,
            _ => self.are_mentioned(part),
        };
        let mut parts = list.elems.iter();
        parts.clone().any(is_size) || !list.elems.is_empty() && parts.all(is_number)
    }

    /// What a loop goes through gets its names.
    pub fn bind_through(&mut self, through: &Through) {
        // At once: a member may have the name of its stack.
        let members = through.members().into_iter().filter_map(|(stack, member)| {
            let meaning = Meaning::Layer(Form::Single, self.layer_named(stack)?.1);
            Some((member.clone(), meaning))
        });
        let members: Vec<_> = members.collect();
        for pattern in through.patterns() {
            self.bind(pattern);
        }
        for (member, meaning) in members {
            self.add(member, meaning);
        }
    }

    /// The names of a pattern are bound.
    pub fn bind(&mut self, pattern: &Pat) {
        self.visit_pat(pattern);
    }

    /// What [`Self::leave`] goes back to.
    pub fn enter(&self) -> usize {
        self.bound.len()
    }

    /// The names that were bound since are so no more.
    pub fn leave(&mut self, outside: usize) {
        for name in self.bound.drain(outside..) {
            self.meanings.get_mut(&name).map(Vec::pop);
        }
    }
}

impl Sizes for Names {
    fn is_size(&self, name: &Ident) -> bool {
        matches!(self.size(name), Some(Meaning::Size | Meaning::Constant))
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.add(pattern.ident.clone(), Meaning::Rust);
        visit::visit_pat_ident(self, pattern);
    }

    // What stands in a pattern binds nothing around it.
    fn visit_expr(&mut self, _expression: &'ast Expr) {}

    fn visit_block(&mut self, _block: &'ast Block) {}
}

/// What goes through a body and asks what names stand for.
pub trait Scoped: VisitMut {
    /// The names where it is.
    fn names(&mut self) -> &mut Names;
}

/// Goes through a block: a `let` binds from the next statement on, an item in all of the block.
pub fn visit_block(visitor: &mut impl Scoped, block: &mut Block) {
    let outside = visitor.names().enter();
    for statement in &block.stmts {
        let name = match statement {
            Stmt::Item(Item::Fn(item)) => &item.sig.ident,
            Stmt::Item(Item::Const(item)) => &item.ident,
            Stmt::Item(Item::Static(item)) => &item.ident,
            Stmt::Item(Item::Struct(item)) => &item.ident,
            _ => continue,
        };
        visitor.names().add(name.clone(), Meaning::Rust);
    }
    for statement in &mut block.stmts {
        match statement {
            Stmt::Local(local) => visit_local(visitor, local),
            _ => visitor.visit_stmt_mut(statement),
        }
    }
    visitor.names().leave(outside);
}

fn visit_local(visitor: &mut impl Scoped, local: &mut Local) {
    let value = local.init.as_ref();
    let computed = value.and_then(|value| visitor.names().computed(&value.expr));
    if let Some(value) = &mut local.init {
        visitor.visit_expr_mut(&mut value.expr);
        if let Some((_, otherwise)) = &mut value.diverge {
            visitor.visit_expr_mut(otherwise);
        }
    }
    visitor.names().bind(&local.pat);
    let names = match &local.pat {
        Pat::Tuple(parts) => parts.elems.iter().collect(),
        pattern => vec![pattern],
    };
    for pattern in names {
        if let (Some(computed), Pat::Ident(name)) = (computed, pattern) {
            let meaning = Meaning::Computed(computed);
            visitor.names().add(name.ident.clone(), meaning);
        }
    }
}

/// Goes through what an expression is made of.
pub fn visit_parts(visitor: &mut impl Scoped, expression: &mut Expr) {
    match expression {
        Expr::Let(binding) => {
            visitor.visit_expr_mut(&mut binding.expr);
            visitor.names().bind(&binding.pat);
        }
        Expr::If(choice) => {
            let outside = visitor.names().enter();
            visitor.visit_expr_mut(&mut choice.cond);
            visitor.visit_block_mut(&mut choice.then_branch);
            visitor.names().leave(outside);
            if let Some((_, otherwise)) = &mut choice.else_branch {
                visitor.visit_expr_mut(otherwise);
            }
        }
        Expr::While(repeated) => {
            let outside = visitor.names().enter();
            visitor.visit_expr_mut(&mut repeated.cond);
            visitor.visit_block_mut(&mut repeated.body);
            visitor.names().leave(outside);
        }
        Expr::ForLoop(for_loop) => visit_for_loop(visitor, for_loop),
        Expr::Match(choice) => {
            visitor.visit_expr_mut(&mut choice.expr);
            choice
                .arms
                .iter_mut()
                .for_each(|arm| visit_arm(visitor, arm));
        }
        Expr::Closure(closure) => {
            let outside = visitor.names().enter();
            for input in &closure.inputs {
                visitor.names().bind(input);
            }
            visitor.visit_expr_mut(&mut closure.body);
            visitor.names().leave(outside);
        }
        _ => visit_mut::visit_expr_mut(visitor, expression),
    }
}

fn visit_for_loop(visitor: &mut impl Scoped, for_loop: &mut ExprForLoop) {
    let outside = visitor.names().enter();
    match Through::of(visitor.names(), &for_loop.expr, &for_loop.pat) {
        Some(Ok(mut through)) => {
            for array in through.arrays_mut() {
                visitor.visit_expr_mut(array);
            }
            visitor.names().bind_through(&through);
        }
        Some(Err(_)) => visitor.names().bind(&for_loop.pat),
        None => {
            visitor.visit_expr_mut(&mut for_loop.expr);
            visitor.names().bind(&for_loop.pat);
        }
    }
    visitor.visit_block_mut(&mut for_loop.body);
    visitor.names().leave(outside);
}

fn visit_arm(visitor: &mut impl Scoped, arm: &mut Arm) {
    let outside = visitor.names().enter();
    visitor.names().bind(&arm.pat);
    if let Pat::Guard(guarded) = &mut arm.pat {
        visitor.visit_expr_mut(&mut guarded.guard);
    }
    visitor.visit_expr_mut(&mut arm.body);
    visitor.names().leave(outside);
}
