//! The places of a network's source that can be to blame for a wrong size.
//!
//! They are the places at which the code that is written here calls functions of the library which
//! note where they are called from: the two must agree.

use crate::model::{Network, is_arithmetic};
use crate::syntax::{Layer, ResultShape, Step};
use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// All of them, in the order of the source; the sizes of one layer together, and its options. Each group costs
/// the compiler one constant, and tells one mistake; ties are seldom and stand alone.
pub fn of(network: &Network<'_>) -> Vec<Vec<Span>> {
    let mut groups = Vec::new();
    let mut sites = Sites { found: Vec::new() };
    for field in network.fields() {
        sites.sizes_of(&field.layer);
        groups.push(std::mem::take(&mut sites.found));
        sites.options_of(&field.layer);
        groups.push(std::mem::take(&mut sites.found));
        sites.ties_of(&field.layer);
        groups.extend(sites.found.drain(..).map(|site| vec![site]));
    }
    groups.retain(|group| !group.is_empty());
    if let Some(forward) = &network.item.forward {
        for argument in &forward.arguments {
            if let Some(shape) = &argument.shape {
                sites.found.push(argument.name.span());
                sites.sizes(shape);
            }
        }
        sites.result(&forward.result);
        sites.visit_block(&forward.body);
    }
    groups.extend(sites.found.into_iter().map(|site| vec![site]));
    groups
}

struct Sites {
    found: Vec<Span>,
}

impl Sites {
    fn sizes_of(&mut self, layer: &Layer) {
        match layer {
            Layer::One { kind, sizes, .. } => {
                self.found.push(kind.span());
                self.sizes(sizes);
            }
            Layer::Stack { each, count } => {
                self.sizes_of(each);
                self.found.push(count.span());
            }
            Layer::Optional { layer, .. } => self.sizes_of(layer),
        }
    }

    fn options_of(&mut self, layer: &Layer) {
        match layer {
            Layer::One { options, .. } => {
                let values = options.iter().map(|(_, value)| value.span());
                self.found.extend(values);
            }
            Layer::Stack { each, .. } => self.options_of(each),
            Layer::Optional { layer, when } => {
                self.options_of(layer);
                self.found.push(when.span());
            }
        }
    }

    fn ties_of(&mut self, layer: &Layer) {
        for tie in layer.ties() {
            self.found.push(tie.span);
            self.found.extend(tie.steps.iter().map(Step::span));
        }
    }

    fn sizes(&mut self, sizes: &[Expr]) {
        self.found.extend(sizes.iter().map(Spanned::span));
    }

    fn result(&mut self, result: &ResultShape) {
        match result {
            ResultShape::Any => {}
            ResultShape::Shape(sizes) => self.sizes(sizes),
            ResultShape::Tuple(parts) => parts.iter().for_each(|part| self.result(part)),
        }
    }
}

impl<'ast> Visit<'ast> for Sites {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::MethodCall(call) => {
                self.visit_expr(&call.receiver);
                self.found.push(call.method.span());
                call.args
                    .iter()
                    .for_each(|argument| self.visit_expr(argument));
                return;
            }
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                self.visit_expr(&binary.left);
                self.found.push(binary.op.span());
                return self.visit_expr(&binary.right);
            }
            Expr::Call(call) => self.found.push(call.func.span()),
            Expr::Index(of) => {
                self.visit_expr(&of.expr);
                self.found.push(of.index.span());
                return self.visit_expr(&of.index);
            }
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => {
                self.found.push(unary.op.span())
            }
            _ => {}
        }
        visit::visit_expr(self, expression);
    }

    fn visit_item(&mut self, _item: &'ast syn::Item) {}
}
