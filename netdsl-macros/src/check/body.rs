//! What stands where a body needs a value: layers are called, and sizes may be open.

use crate::check::habits;
use crate::model::names::{self, Form, Names, Scoped};
use crate::model::through::Through;
use crate::model::{Network, is_arithmetic, mentions_any};
use crate::report::Errors;
use crate::syntax::{Field, shown};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    Expr, ExprAssign, ExprCall, ExprMethodCall, ExprRange, ExprRepeat, GenericArgument, Ident, Lit,
    Path, PathArguments, PathSegment, RangeLimits, Stmt, Type, UnOp,
};

/// Layers are called as they can be, and neither they nor sizes stand for values. `networks` are all that are defined
/// together.
pub fn is_of_values(network: &Network<'_>, networks: &[Network<'_>], errors: &mut Errors) {
    if let Some(forward) = &network.item.forward {
        let mut body = Body {
            names: Names::of(network),
            network,
            networks,
            errors,
        };
        body.visit_block_mut(&mut forward.body.clone());
    }
}

const KEEPDIM: &str = "an axis that is reduced goes; as one of size 1 it is put back by `unsqueeze`: `x.mean(2).unsqueeze(2)`";

/// Whether a kind is written with sizes, which nothing of Rust's that makes a value takes: `Linear::<3, 4>`.
fn has_sizes(kind: &Path) -> bool {
    let is_size = |argument: &GenericArgument| {
        matches!(argument, GenericArgument::Const(Expr::Lit(_)))
            || matches!(argument, GenericArgument::Type(Type::Infer(_)))
    };
    let Some(last) = kind.segments.last() else {
        return false;
    };
    let is_kind = last.ident.to_string().starts_with(char::is_uppercase);
    match &last.arguments {
        PathArguments::AngleBracketed(sizes) => is_kind && sizes.args.iter().all(is_size),
        _ => false,
    }
}

/// Whether an argument with this name is one of an operation, or a mask, and so no option of a layer.
fn is_of_operation(name: &str) -> bool {
    name == "p" || name == "axis" || name.starts_with("dim") || name.ends_with("mask")
}

struct Body<'e> {
    names: Names,
    network: &'e Network<'e>,
    networks: &'e [Network<'e>],
    errors: &'e mut Errors,
}

impl Body<'_> {
    fn call(&mut self, call: &mut ExprCall) {
        let over = self.names.over(call);
        let (called, is_over) = (over.map_or(&*call.func, |(layer, _)| layer), over.is_some());
        if let Some((_, over)) = over
            && (over.args.len() != 1 || call.args.is_empty())
        {
            let message = "a layer is called over one axis of its arguments: `layer.over(1)(x)`";
            self.errors.push(over.method.span(), message);
        }
        let message = match self.names.layer(called) {
            _ if call.args.len() == 1 => None,
            Some((_, Form::Stack)) => Some("a stack of layers takes one argument".to_owned()),
            Some((name, Form::Optional)) if call.args.is_empty() => Some(format!(
                "`{name}` has no value where it is absent\n\
                 help: put a `Parameter` into a network that takes what it changes, and make that one optional: \
                 `fn forward(x: [_]) -> _ {{ x * {name}() }}`"
            )),
            Some((_, Form::Optional)) => Some(
                "an optional layer takes one argument, and gives it back where it is absent"
                    .to_owned(),
            ),
            _ => None,
        };
        if let Some(message) = message {
            self.errors.push(call.span(), message);
        }
        self.is_no_kind(&call.func);
        match &mut *call.func {
            Expr::Path(_) => {}
            // A member of a stack: `blocks[0](x)`.
            Expr::Index(member)
                if matches!(self.names.layer(&member.expr), Some((_, Form::Stack))) =>
            {
                self.visit_expr_mut(&mut member.index);
            }
            Expr::MethodCall(_) if is_over => {}
            function => self.visit_expr_mut(function),
        }
        self.arguments(&mut call.args);
    }

    /// A kind of layers that is called for a layer: `Tower(x)`. Other names of types may be Rust's.
    fn is_no_kind(&mut self, called: &Expr) {
        let Expr::Path(path) = called else { return };
        let (Some(PathSegment { ident: kind, .. }), 1) =
            (path.path.segments.first(), path.path.segments.len())
        else {
            return;
        };
        if self.names.is_bound(&kind.clone().into()) {
            return;
        }
        let mut layers = self.network.fields().iter();
        let layer = layers.find(|field| field.layer.written().0.is_ident(kind));
        let is_network = super::defined(self.networks, &kind.clone().into()).is_some();
        let message = match layer {
            Some(Field { name, .. }) => format!("a layer is called by its name: `{name}(x)`"),
            None if is_network || has_sizes(&path.path) => {
                let written = shown(path).replace("::<", "<");
                format!(
                    "a layer is declared in the struct, `layer: {written}`, and called by its name, `layer(x)`"
                )
            }
            None => return,
        };
        self.errors.push(kind.span(), message);
    }

    fn arguments<'a>(&mut self, arguments: impl IntoIterator<Item = &'a mut Expr>) {
        for argument in arguments {
            match argument {
                Expr::Array(list) if self.names.lists_sizes(list) => {}
                Expr::Range(range) => self.range(range),
                Expr::Assign(named) => self.named(named),
                _ => self.visit_expr_mut(argument),
            }
        }
    }

    /// The stack whose members a chain of methods goes through: `blocks.iter().fold(…)`.
    fn iterated<'c>(&self, call: &'c ExprMethodCall) -> Option<&'c Ident> {
        match (&*call.receiver, self.names.layer(&call.receiver)) {
            (Expr::MethodCall(before), _) => self.iterated(before),
            (_, Some((stack, Form::Stack))) if call.method == "iter" => Some(stack),
            (_, Some((stack, Form::Stack))) if call.method == "into_iter" => Some(stack),
            _ => None,
        }
    }

    /// A reduction that is told whether to keep its axis.
    fn keeps_axis(&mut self, call: &ExprMethodCall) {
        let reduces = ["mean", "sum", "prod", "amax", "amin", "logsumexp"];
        if let (Some(Expr::Lit(flag)), 2) = (call.args.last(), call.args.len())
            && matches!(flag.lit, Lit::Bool(_))
            && reduces.iter().any(|name| call.method == name)
        {
            self.errors.push(flag.span(), KEEPDIM);
        }
    }

    /// Methods that take a range or a list, which a number alone is not, and a range along an axis.
    fn is_of_amounts(&mut self, call: &ExprMethodCall) {
        if let (Some(Expr::Range(range)), 1) = (call.args.first(), call.args.len())
            && call.method == "slice"
        {
            let range = shown(range).replace(' ', "");
            let message = format!(
                "`slice` takes the axis first, of which the batch is 0: `slice(1, {range})`"
            );
            self.errors.push(call.method.span(), message);
        }
        let Some(number @ Expr::Lit(_)) = call.args.last() else {
            return;
        };
        let shown = shown(number);
        let message = match (call.method.to_string().as_str(), call.args.len()) {
            ("slice", 2) => format!(
                "`slice` takes a range along the axis, `{shown}..` or `..{shown}`; one element is `select_index`"
            ),
            ("pad", 1) => format!(
                "`pad` takes a list, two numbers for each axis from the last on: `pad([{shown}, {shown}])`"
            ),
            _ => return,
        };
        self.errors.push(number.span(), message);
    }

    /// An argument with a name, as Python has them.
    fn named(&mut self, argument: &ExprAssign) {
        let (name, value) = (&argument.left, habits::arguments([&*argument.right]));
        let message = match shown(name).as_str() {
            "keepdim" => KEEPDIM.to_owned(),
            "is_causal" => {
                "a mask is an argument, as in `attn.forward_masked(x, x, x, None, Some(Mask::causal(x)))`"
                    .to_owned()
            }
            name if is_of_operation(name) => {
                format!("arguments in a body have no names: write `{value}`")
            }
            name => format!(
                "arguments in a body have places and no names: write `{value}` in its place, if it has one\n\
                 help: options belong to layers, `layer: Kind<…>({name} = {value})` in the struct, which are called, `layer(x)`"
            ),
        };
        self.errors.push(name.span(), message);
    }

    /// A range among arguments, which is one of sizes.
    fn range(&mut self, range: &ExprRange) {
        if matches!(range.limits, RangeLimits::Closed(_)) {
            let message = "a range of sizes ends before its end, as `a:b` in PyTorch: write `a..b + 1` for `a..=b`";
            self.errors.push(range.span(), message);
        }
        for bound in [&range.start, &range.end].into_iter().flatten() {
            if let Expr::Unary(negative) = &**bound
                && self.names.are_open(&negative.expr)
            {
                let message = "what is counted from the end is a number: write `t - …`, where `t` is the size of the axis";
                self.errors.push(bound.span(), message);
            }
        }
    }

    /// What else there is in an expression that is told: the arguments of a call are written anew with it.
    fn rest(&mut self, expression: &mut Expr) {
        match expression {
            // `x.squeeze().squeeze()` is one mistake.
            Expr::MethodCall(call) => match &mut *call.receiver {
                Expr::Path(_) => {}
                Expr::MethodCall(same) if same.method == call.method && same.args.is_empty() => {
                    self.rest(&mut call.receiver);
                }
                receiver => self.visit_expr_mut(receiver),
            },
            Expr::Binary(binary) => {
                self.operand(&mut binary.left);
                self.operand(&mut binary.right);
            }
            Expr::ForLoop(for_loop) => {
                let outside = self.names.enter();
                self.names.bind(&for_loop.pat);
                self.visit_block_mut(&mut for_loop.body);
                self.names.leave(outside);
            }
            _ => {}
        }
    }

    /// What is computed with: sizes are numbers there.
    fn operand(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Paren(inner) => self.operand(&mut inner.expr),
            _ if self.names.stands_for_open_size(expression) => {}
            _ if habits::is_size_of_axis(&self.names, expression) => {}
            _ => self.visit_expr_mut(expression),
        }
    }

    /// `[x; n]`: arrays have lengths that the compiler knows as it reads the body.
    fn repeat(&mut self, repeat: &mut ExprRepeat) {
        let length = &repeat.len;
        if self.network.mentions_generics(length.to_token_stream()) || self.names.are_open(length) {
            let shown = shown(length);
            let message = format!(
                "`{shown}` may be another number for another network, and an array has one length\n\
                 help: write a number or a constant, or keep what changes in variables of a loop"
            );
            self.errors.push(length.span(), message);
        }
        self.visit_expr_mut(&mut repeat.expr);
    }

    fn value(&mut self, expression: &Expr) {
        let Expr::Path(path) = expression else { return };
        let Some(name) = path.path.get_ident() else {
            return;
        };
        if let Some((_, Form::Stack)) = self.names.layer(expression) {
            let message = format!(
                "`{name}` is a stack of layers: `{name}(x)` calls all of them one after the other, a loop each, \
                 `for layer in {name} {{ x = layer(x); }}`"
            );
            self.errors.push(name.span(), message);
        } else if name == "self" {
            let message = "a body has no `self`: a layer is called by its name, `fc(x)`";
            self.errors.push(name.span(), message);
        } else if self.names.layer(expression).is_some() {
            let message = format!(
                "`{name}` is a layer, which is called: `{name}(x)`, or `{name}()` if it is a `Parameter`"
            );
            self.errors.push(name.span(), message);
        } else if self.names.is_open_size(name) {
            let message = format!(
                "`{name}` is a size, which may be open, and no number to go by\n\
                 help: sizes stand in lists and ranges, `reshape([{name}, _])`, `slice(1, ..{name})`, and are computed with, \
                 `x / {name}.sqrt()`; what is always known is a constant or a parameter `const …: usize`"
            );
            self.errors.push(name.span(), message);
        }
    }
}

impl Scoped for Body<'_> {
    fn names(&mut self) -> &mut Names {
        &mut self.names
    }
}

impl VisitMut for Body<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let statements = block.stmts.iter().enumerate();
        let lets = statements.filter_map(|(i, statement)| match statement {
            Stmt::Local(local) => habits::parts::told(local, &block.stmts[i + 1..]),
            _ => None,
        });
        lets.for_each(|(place, message)| self.errors.push(place, message));
        names::visit_block(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Some((place, message)) = habits::told(&self.names, expression) {
            self.errors.push(place, message);
            return self.rest(expression);
        }
        match expression {
            Expr::Call(call) => self.call(call),
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                self.operand(&mut binary.left);
                self.operand(&mut binary.right);
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => self.operand(&mut unary.expr),
            Expr::MethodCall(call) if call.method == "sqrt" => self.operand(&mut call.receiver),
            Expr::MethodCall(call) if self.names.stands_for_open_size(&call.receiver) => {
                let (size, method) = (shown(&call.receiver), &call.method);
                let message = format!(
                    "a size has no `{method}`: sizes are computed with by operators and `.sqrt()`, `x / {size}.sqrt()`"
                );
                self.errors.push(method.span(), message);
            }
            Expr::MethodCall(call) if let Some(stack) = self.iterated(call) => {
                let message = format!(
                    "iterators cannot run here: `{stack}(x)` calls all members one after the other, a loop each of them, \
                     `for layer in {stack} {{ x = layer(x); }}`"
                );
                self.errors.push(call.method.span(), message);
            }
            Expr::MethodCall(call) => {
                self.is_of_amounts(call);
                self.keeps_axis(call);
                if !matches!(self.names.layer(&call.receiver), Some((_, Form::Single))) {
                    self.visit_expr_mut(&mut call.receiver);
                }
                self.arguments(&mut call.args);
            }
            Expr::Path(_) => self.value(expression),
            Expr::Closure(closure) => {
                let message = "a closure cannot be called here: the compiler runs the body, and can call functions only\n\
                    help: write a function beside the network, `fn twice(x: Tensor) -> Tensor { x + x }`; what calls layers is a \
                    loop, or a network of its own";
                self.errors.push(closure.span(), message);
            }
            Expr::Repeat(repeat) => self.repeat(repeat),
            Expr::While(_) | Expr::Loop(_) if has_no_end(expression) => {
                let message = "this loop has no end, and the compiler runs it: count, `for i in 0..3`, or go through a stack, `for block in blocks`";
                self.errors.push(expression.span(), message);
            }
            Expr::ForLoop(for_loop) => {
                if let Some(Err(message)) = Through::of(&self.names, &for_loop.expr, &for_loop.pat)
                {
                    self.errors.push(for_loop.expr.span(), message);
                }
                names::visit_parts(self, expression);
            }
            _ => names::visit_parts(self, expression),
        }
    }

    /// Macros that do at run time what the compiler cannot, which runs the body.
    fn visit_macro_mut(&mut self, called: &mut syn::Macro) {
        let Some(name) = called.path.get_ident() else {
            return;
        };
        let message = match name.to_string().as_str() {
            "print" | "println" | "eprint" | "eprintln" | "dbg" => format!(
                "`{name}!` cannot be here: a body says what the network computes, and holds no numbers yet\n\
                 help: print the network, `println!(\"{{net}}\")`, to see the shapes of its layers; for values, return them \
                 as one more result"
            ),
            "format" => {
                "`format!` cannot be here: a body says what the network computes, and has no text"
                    .to_owned()
            }
            "vec" => "`vec!` cannot be here: write an array, `[x, y]`".to_owned(),
            _ => return,
        };
        self.errors.push(name.span(), message);
    }

    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}

/// Whether a loop goes on for ever, as far as can be seen.
fn has_no_end(expression: &Expr) -> bool {
    let body = match expression {
        Expr::Loop(repeated) => &repeated.body,
        Expr::While(repeated) if is_true(&repeated.cond) => &repeated.body,
        _ => return false,
    };
    let ends = ["break", "return"].map(|word| Ident::new(word, Span::call_site()));
    !mentions_any(body.to_token_stream(), &ends.each_ref())
}

fn is_true(condition: &Expr) -> bool {
    matches!(condition, Expr::Lit(literal) if matches!(&literal.lit, Lit::Bool(flag) if flag.value))
}
