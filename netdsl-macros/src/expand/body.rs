//! The body of `forward`, rewritten so that a constant function can run it.
//!
//! | written | becomes |
//! | --- | --- |
//! | `conv1(x)` | the layer entered, its `forward` called, the layer left |
//! | `downsample(x)`, optional | `x` where the layer is absent |
//! | `pool.with_indices(x)` | the same with another of the layer's functions |
//! | `a + b` | `Lower(a, b, at).add()`: operators are traits, which constant functions cannot call |
//! | `x.reshape([4, _])`, `x.slice(1, ..t)` | `Listed::new(x, Arg::list(&[…])).reshape()`, `x.slice(1, Arg::list(&[…, …]))` |
//! | `for block in blocks { … }` | a `while` over the members of the stack ([`super::loops`]) |
//! | `blocks[0](x)` | a member of the stack entered, as a layer is |
//! | `skips[i]` | `skips[at.element("skips", …, i)]`: held against how many there are |
//! | `conv.over(1)(x)` | the axis put into the batch, the layer called, the axis taken out of the result |
//! | `for i in a..b { … }` | a `while` |
//! | `return x` | what is entered left, `break '__forward x`: what comes after the body looks at its result |
//! | `DEPTH`, a constant parameter | its number, if it is known: `at.constant("DEPTH", …)` |
//! | `d`, a size | its number, once it is known: `at.size_as_number("d", …)` |

use crate::expand::call::{Called, argument_names, in_place_of, only};
use crate::expand::last::{is_last, mark_last, mark_last_of};
use crate::expand::{argument, generics, loops, numbers, undeclared};
use crate::model::names::{self, Form, Names, Scoped};
use crate::model::through::Through;
use crate::model::{Network, Sizes, is_constant};
use crate::syntax::{Forward, ResultShape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    BinOp, Expr, ExprCall, ExprForLoop, ExprIndex, ExprMethodCall, Label, Lifetime, Lit,
    RangeLimits, parse_quote, parse_quote_spanned,
};

/// A local variable of the code that is written here.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The body of a network's `forward`.
pub fn rewrite(network: &Network<'_>, forward: &Forward, at: &Ident) -> TokenStream {
    let mut rewriter = Rewriter {
        names: Names::of(network),
        network,
        at,
        loops: 0,
        entered: Vec::new(),
        labels: Vec::new(),
        returns: false,
        gives_one: !matches!(forward.result, ResultShape::Tuple(_)),
    };
    let mut body = forward.body.clone();
    if rewriter.gives_one {
        mark_last_of(&mut body);
    }
    rewriter.visit_block_mut(&mut body);
    let label = rewriter.returns.then(end_of_body);
    let label = label.into_iter();
    quote!(#(#label:)* #body)
}

/// What a `return` leaves: the body, and not the function that goes on to look at its result.
fn end_of_body() -> Lifetime {
    Lifetime::new("'__forward", Span::mixed_site())
}

/// The methods that take a list first, and so are those of a tensor and the list, in the library's `tensor/listed`.
const TAKE_LISTS: [&str; 17] = [
    "reshape",
    "permute",
    "expand",
    "flip",
    "pad",
    "pad_constant",
    "pad_reflect",
    "pad_replicate",
    "pad_circular",
    "sum",
    "mean",
    "amax",
    "amin",
    "var",
    "std",
    "norm",
    "logsumexp",
];

struct Rewriter<'n> {
    names: Names,
    network: &'n Network<'n>,
    at: &'n Ident,
    loops: usize,
    /// The stacks whose members are gone through, from the outermost to the innermost.
    entered: Vec<Ident>,
    /// The labels around, each with how many stacks are entered where it leads to.
    labels: Vec<(Lifetime, usize)>,
    /// The body has a `return` of its own.
    returns: bool,
    /// The body gives one tensor.
    gives_one: bool,
}

impl Rewriter<'_> {
    fn call(&self, call: &ExprCall) -> Option<Expr> {
        let (name, form, field) = self.names.layer_of(&call.func)?;
        let called = self.called(name, field);
        let tokens = match form {
            Form::Single if is_last(call) => called.last(&call.args),
            _ => called.call(form, &call.args),
        };
        Some(in_place_of(name.span(), call.paren_token, tokens))
    }

    /// A call of one member of a stack: `blocks[0](x)`.
    fn member(&self, call: &ExprCall, index: &ExprIndex) -> Option<Expr> {
        let (name, Form::Stack, field) = self.names.layer_of(&index.expr)? else {
            return None;
        };
        let value = self.called(name, field).member(index, &call.args);
        let value = match is_last(call) {
            true => only(&value, index.span()),
            false => value,
        };
        Some(in_place_of(index.span(), call.paren_token, value))
    }

    /// One of the network's layers, or a member of it, by the name that it has in the body.
    fn called<'a>(&self, name: &'a Ident, field: usize) -> Called<'a> {
        Called::new(name, &self.network.fields()[field], self.network, self.at)
    }

    /// A layer over an axis of its arguments: `conv.over(1)(x)`.
    fn over(&mut self, call: &mut ExprCall) -> Option<Expr> {
        self.names.over(call)?;
        for argument in &mut call.args {
            self.visit_expr_mut(argument);
        }
        let (layer, over) = self.names.over(call)?;
        let (axis, values) = (over.args.first()?, call.args.iter());
        let names = argument_names(&call.args);
        let inner: ExprCall = parse_quote!(#layer(#(#names),*));
        let called = match layer {
            Expr::Index(member) => self.member(&inner, member)?,
            _ => self.call(&inner)?,
        };
        let (first, folding) = (names.first()?, local("__over"));
        let begun =
            quote_spanned!(over.method.span()=> ::netdsl::__private::Over::new(#first, #axis));
        let value = quote!({
            #(let #names = #values;)*
            let #folding = #begun;
            #(let #names = #folding.folded(#names);)*
            ::netdsl::__private::Apart(#called, #folding).tensors()
        });
        let value = match is_last(call) {
            true => only(&value, over.method.span()),
            false => value,
        };
        Some(in_place_of(over.method.span(), call.paren_token, value))
    }

    /// An element of an array, `skips[i]`: one that there is not is told at `i`.
    fn element(&self, of: &ExprIndex) -> Option<Expr> {
        let (array, index, at) = (&of.expr, &of.index, self.at);
        if !matches!(**array, Expr::Path(_)) || self.names.layer(array).is_some() {
            return None;
        }
        let name = array.to_token_stream().to_string();
        let place = quote_spanned!(index.span()=>
            #at.element(#name, ::netdsl::__private::Indexed(&#array).length(), #index));
        Some(Expr::Index(ExprIndex {
            index: Box::new(parse_quote!(#place)),
            ..of.clone()
        }))
    }

    /// A function of the user's: what goes wrong in it is told at its call.
    fn helper(&self, call: &mut ExprCall, instead: Option<&str>) -> Expr {
        let span = call.func.span();
        call.args
            .iter_mut()
            .for_each(|argument| self.lift(argument, span));
        let names = argument_names(&call.args);
        let (arguments, function, at) = (&call.args, &call.func, self.at);
        let result = local("__result");
        let values = arguments.iter();
        let hold = quote_spanned!(function.span()=> #at.hold());
        let applied = undeclared::call(&self.names, function, &names, instead);
        let value = quote!({
            #(let #names = #values;)*
            #hold;
            let #result = #applied;
            #at.release();
            #result
        });
        in_place_of(function.span(), call.paren_token, value)
    }

    fn method_call(&self, call: &mut ExprMethodCall) -> Option<Expr> {
        if let Some((name, Form::Single, field)) = self.names.layer_of(&call.receiver) {
            let tokens = self.called(name, field).method(&call.method, &call.args);
            return Some(parse_quote!(#tokens));
        }
        let span = call.method.span();
        let takes_list = TAKE_LISTS.iter().any(|name| call.method == name);
        let begins_with_sizes =
            matches!(call.args.first(), Some(Expr::Array(list)) if self.names.lists_sizes(list));
        // Where a method takes no list, Rust says so of what is written.
        let first = usize::from(begins_with_sizes && !takes_list);
        (call.args.iter_mut().skip(first)).for_each(|argument| self.lift(argument, span));
        if begins_with_sizes && takes_list {
            self.give_list(call);
        }
        None
    }

    /// `WIDTH.sqrt()`, `12.sqrt()`: Rust has none of whole numbers, and none that a constant function can call.
    fn is_root_of_constant(&self, expression: &Expr) -> bool {
        let Expr::MethodCall(call) = expression else {
            return false;
        };
        let named = matches!(&*call.receiver, Expr::Path(path) if !self.names.is_bound(&path.path)
            || path.path.get_ident().is_some_and(|name| self.names.is_size(name)));
        let is_known = numbers::is_number(&call.receiver) || named && is_constant(&call.receiver);
        call.method == "sqrt" && call.args.is_empty() && is_known
    }

    /// A method that is given a list is one of the receiver and the list.
    fn give_list(&self, call: &mut ExprMethodCall) {
        let mut arguments = std::mem::take(&mut call.args).into_iter();
        let (receiver, list) = (&call.receiver, arguments.next());
        let span = Span::mixed_site().located_at(receiver.span());
        let listed = quote_spanned!(span=> ::netdsl::__private::Listed::new(#receiver, #list));
        call.receiver = parse_quote!(#listed);
        call.args = arguments.collect();
    }

    /// A list among a call's arguments: sizes and axes as an argument, tensors as they are. A range is one of sizes;
    /// what is wrong with them is told at the call.
    fn lift(&self, expression: &mut Expr, call: Span) {
        if let Expr::Range(range) = expression {
            let at = self.at;
            let (told, range) = (
                quote_spanned!(call=> #at.expression()),
                argument::range(range, &self.names, at),
            );
            let span = Span::call_site().located_at(expression.span());
            *expression = parse_quote_spanned!(span=> { #told; #range });
            return;
        }
        let Expr::Array(array) = expression else {
            return;
        };
        let span = array.span();
        let p = argument::library(span);
        let tokens = if self.names.lists_sizes(array) {
            argument::written(expression, &self.names, self.at)
        } else {
            quote_spanned!(span=> #p::Lift(#array).arg())
        };
        *expression = parse_quote!(#tokens);
    }

    fn binary(&self, left: &Expr, op: &BinOp, right: &Expr) -> Option<Expr> {
        let (method, assigns) = match op {
            BinOp::Add(_) => ("add", false),
            BinOp::Sub(_) => ("sub", false),
            BinOp::Mul(_) => ("mul", false),
            BinOp::Div(_) => ("div", false),
            BinOp::AddAssign(_) => ("add", true),
            BinOp::SubAssign(_) => ("sub", true),
            BinOp::MulAssign(_) => ("mul", true),
            BinOp::DivAssign(_) => ("div", true),
            _ => return None,
        };
        let method = Ident::new(method, op.span());
        let (first, second, at) = (self.operand(left), self.operand(right), self.at);
        let value: Expr = parse_quote_spanned!(op.span()=>
            ::netdsl::__private::Lower(#first, #second, #at).#method());
        Some(if assigns {
            parse_quote_spanned!(op.span()=> #left = #value)
        } else {
            value
        })
    }

    /// What an operator is given. A constant, or a number that says its type, may be one of any type, another value one that takes part
    /// in no arithmetic; numbers as they are written, layers' and operations' results need no such look.
    fn operand(&self, value: &Expr) -> TokenStream {
        let is_number = |literal: &Lit| matches!(literal, Lit::Int(_) | Lit::Float(_));
        let holder = match value {
            _ if numbers::has_type(value) => "Constant",
            Expr::Paren(inner) => return self.operand(&inner.expr),
            Expr::Path(path) if is_constant(value) && !self.names.is_bound(&path.path) => {
                "Constant"
            }
            Expr::Path(_) | Expr::Cast(_) | Expr::Field(_) | Expr::Index(_) => "Lift",
            Expr::Lit(literal) if !is_number(&literal.lit) => "Lift",
            _ => return quote!(#value),
        };
        // What is cast may be code by now, and is told at its type.
        let span = match value {
            Expr::Cast(cast) => cast.ty.span(),
            value => value.span(),
        };
        let holder = Ident::new(holder, span);
        quote_spanned!(span=> ::netdsl::__private::#holder(#value).operand())
    }

    fn for_loop(&mut self, for_loop: &mut ExprForLoop) -> Option<Expr> {
        self.loops += 1;
        let index = local(&format!("__i_{}", self.loops));
        let label = &for_loop.label;
        let outside = self.names.enter();
        if let Some(Ok(mut through)) = Through::of(&self.names, &for_loop.expr, &for_loop.pat) {
            for array in through.arrays_mut() {
                self.visit_expr_mut(array);
            }
            self.names.bind_through(&through);
            let steps = loops::Steps::of(through, self.loops, &index);
            let entered = self.entered.len();
            self.entered.extend(steps.entered());
            self.visit_labelled(label.as_ref(), |rewriter| {
                rewriter.visit_block_mut(&mut for_loop.body);
            });
            self.entered.truncate(entered);
            self.names.leave(outside);
            return Some(steps.expand(&index, label.as_ref(), &for_loop.body));
        }
        if let Expr::Range(range) = &*for_loop.expr
            && let (Some(mut start), Some(mut end)) = (range.start.clone(), range.end.clone())
        {
            self.visit_expr_mut(&mut start);
            self.visit_expr_mut(&mut end);
            self.names.bind(&for_loop.pat);
            self.visit_labelled(label.as_ref(), |rewriter| {
                rewriter.visit_block_mut(&mut for_loop.body);
            });
            self.names.leave(outside);
            let (pattern, body) = (&for_loop.pat, &for_loop.body.stmts);
            let more: TokenStream = match range.limits {
                RangeLimits::HalfOpen(_) => quote!(<),
                RangeLimits::Closed(_) => quote!(<=),
            };
            return Some(parse_quote!({
                let mut #index = #start;
                #label while #index #more #end {
                    let #pattern = #index;
                    #index += 1;
                    #(#body)*
                }
            }));
        }
        None
    }

    /// Visits what a label stands before.
    fn visit_labelled(&mut self, label: Option<&Label>, visit: impl FnOnce(&mut Self)) {
        let labels = self.labels.len();
        let label = label.map(|label| (label.name.clone(), self.entered.len()));
        self.labels.extend(label);
        visit(self);
        self.labels.truncate(labels);
    }

    /// A jump to a label: what was entered on the way is left.
    fn jump(&self, jump: impl ToTokens, label: Option<&Lifetime>) -> Option<Expr> {
        let label = label?;
        let mut labels = self.labels.iter().rev();
        let (_, entered) = labels.find(|(name, _)| name.ident == label.ident)?;
        let left = self.entered[*entered..].iter().rev();
        (left.len() > 0).then(|| parse_quote!({ #(#left.leave();)* #jump }))
    }

    /// A `return` of the body itself ends the body.
    fn end(&mut self, value: Option<&Expr>, span: Span) -> Expr {
        self.returns = true;
        let label = end_of_body();
        let left = self.entered.iter().rev();
        parse_quote_spanned!(span=> { #(#left.leave();)* break #label #value })
    }
}

impl Scoped for Rewriter<'_> {
    fn names(&mut self) -> &mut Names {
        &mut self.names
    }
}

impl Rewriter<'_> {
    /// The parts of an expression but what is called: where a size has a layer's name, that is the layer.
    fn visit_values(&mut self, expression: &mut Expr) {
        let arguments = match expression {
            Expr::Call(call) => {
                match &mut *call.func {
                    Expr::Index(member) if self.names.layer(&member.expr).is_some() => {
                        self.visit_expr_mut(&mut member.index);
                    }
                    called if self.names.layer(called).is_some() => {}
                    called => self.visit_expr_mut(called),
                }
                &mut call.args
            }
            Expr::MethodCall(call) => {
                if !matches!(self.names.layer(&call.receiver), Some((_, Form::Single))) {
                    self.visit_expr_mut(&mut call.receiver);
                }
                &mut call.args
            }
            _ => return names::visit_parts(self, expression),
        };
        for argument in arguments {
            self.visit_expr_mut(argument);
        }
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        names::visit_block(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::ForLoop(for_loop) = expression
            && let Some(rewritten) = self.for_loop(for_loop)
        {
            *expression = rewritten;
            return;
        }
        if let Expr::Call(call) = expression
            && let Some(rewritten) = self.over(call)
        {
            *expression = rewritten;
            return;
        }
        let is_of_sizes = match expression {
            Expr::Array(list) => self.names.lists_sizes(list),
            Expr::Range(_) => true,
            _ => false,
        };
        if is_of_sizes {
            return;
        }
        let is_root = self.is_root_of_constant(expression);
        let instead = match expression {
            Expr::Call(call) => undeclared::instead(self.network, &self.names, call),
            _ => None,
        };
        if let Expr::Return(end) = expression
            && self.gives_one
        {
            end.expr.iter_mut().for_each(|result| mark_last(result));
        }
        let label = match expression {
            Expr::While(of) => of.label.clone(),
            Expr::Loop(of) => of.label.clone(),
            Expr::Block(of) => of.label.clone(),
            _ => None,
        };
        self.visit_labelled(label.as_ref(), |rewriter| rewriter.visit_values(expression));
        let rewritten = match expression {
            Expr::Call(call) => {
                let rewritten = match &*call.func {
                    Expr::Index(index) => self.member(call, index),
                    _ => self.call(call),
                };
                rewritten.or_else(|| Some(self.helper(call, instead.as_deref())))
            }
            Expr::MethodCall(call) if is_root => {
                let (constant, sqrt) = (numbers::with_type(&call.receiver), &call.method);
                Some(parse_quote!(::netdsl::__private::Root(#constant).#sqrt()))
            }
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Index(of) if !matches!(*of.index, Expr::Range(_)) => self.element(of),
            Expr::Path(path) => path.path.get_ident().and_then(|name| {
                let number = generics::number(name, self.network, &self.names, self.at)?;
                Some(parse_quote!(#number))
            }),
            Expr::Binary(binary) => self.binary(&binary.left, &binary.op, &binary.right),
            Expr::Unary(unary)
                if matches!(unary.op, syn::UnOp::Neg(_))
                    && !matches!(*unary.expr, Expr::Lit(_)) =>
            {
                let (inner, span) = (&unary.expr, unary.op.span());
                Some(parse_quote_spanned!(span=> ::netdsl::__private::Negative(#inner).neg()))
            }
            Expr::Return(end) => Some(self.end(end.expr.as_deref(), end.return_token.span)),
            Expr::Break(of) => self.jump(&*of, of.label.as_ref()),
            Expr::Continue(of) => self.jump(&*of, of.label.as_ref()),
            _ => None,
        };
        if let Some(rewritten) = rewritten {
            *expression = rewritten;
        }
    }

    // Functions and other items within a body are plain Rust.
    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}
