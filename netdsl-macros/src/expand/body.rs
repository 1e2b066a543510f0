//! The body of `forward`, rewritten so that a constant function can run it.
//!
//! | written | becomes |
//! | --- | --- |
//! | `conv1(x)` | the layer entered, its `forward` called, the layer left |
//! | `downsample(x)`, optional | `x` where the layer is absent |
//! | `pool.with_indices(x)` | the same with another of the layer's functions |
//! | `a + b` | `Lower(a, b).add()`: operators are traits, which constant functions cannot call |
//! | `x.reshape([4, _])` | `x.reshape(Arg::list(&[…]))` |
//! | `for block in blocks { … }` | a `while` over the members of the stack |
//! | `for i in a..b { … }` | a `while` |
//! | `DEPTH`, a constant parameter | its number, if it is known: `at.constant("DEPTH", …)` |

use crate::expand::{argument, generics};
use crate::model::Network;
use crate::syntax::Layer;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BinOp, Expr, ExprArray, ExprCall, ExprForLoop, ExprMethodCall, Pat, RangeLimits, parse_quote,
    parse_quote_spanned,
};

/// The local variable that holds a layer: its scope and its definition.
pub fn layer(name: &Ident) -> Ident {
    format_ident!("__layer_{}", name, span = Span::mixed_site())
}

/// The body of a network's `forward`.
pub fn rewrite(network: &Network<'_>, body: &syn::Block, at: &Ident) -> TokenStream {
    let layers = network.fields().iter().map(|field| LayerName {
        name: field.name.clone(),
        form: Form::of(&field.layer),
    });
    let mut rewriter = Rewriter {
        layers: layers.collect(),
        network,
        at,
        loops: 0,
    };
    let mut body = body.clone();
    rewriter.visit_block_mut(&mut body);
    quote!(#body)
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

/// A call of a layer with one argument.
pub fn call(name: &Ident, form: Form, argument: &TokenStream) -> TokenStream {
    let local = layer(name);
    let span = name.span();
    let forward = Ident::new("forward", span);
    match form {
        Form::Single => method(&local, &forward, std::slice::from_ref(argument)),
        Form::Optional => {
            let present = method(&local, &forward, &[quote!(x)]);
            quote!({
                let x = #argument;
                if #local.0.is_absent() { x } else { #present }
            })
        }
        Form::Stack => quote_spanned!(span=> {
            let mut x = #argument;
            let stack = #local.0.enter();
            let mut i = 0usize;
            while i < #local.2 {
                let member = stack.member(i).enter();
                x = #local.1.forward(member, x);
                member.leave();
                i += 1;
            }
            stack.leave();
            x
        }),
    }
}

fn method(local: &Ident, method: &Ident, arguments: &[TokenStream]) -> TokenStream {
    let names: Vec<_> = (0..arguments.len())
        .map(|i| format_ident!("__argument_{i}", span = Span::mixed_site()))
        .collect();
    let scope = Ident::new("__scope", Span::mixed_site());
    let result = Ident::new("__result", Span::mixed_site());
    // Arguments first: they may call layers themselves.
    quote!({
        #(let #names = #arguments;)*
        let #scope = #local.0.enter();
        let #result = #local.1.#method(#scope #(, #names)*);
        #scope.leave();
        #result
    })
}

/// A value in the place of a call: where it is not used, the compiler points there.
fn in_place_of(function: Span, parentheses: syn::token::Paren, value: TokenStream) -> Expr {
    let given = quote_spanned!(function=> ::netdsl::__private::given);
    let mut value = Group::new(Delimiter::Parenthesis, value);
    value.set_span(parentheses.span.join());
    parse_quote!(#given #value)
}

struct LayerName {
    name: Ident,
    form: Form,
}

struct Rewriter<'n> {
    layers: Vec<LayerName>,
    network: &'n Network<'n>,
    at: &'n Ident,
    loops: usize,
}

impl Rewriter<'_> {
    /// The layer that an expression names.
    fn named(&self, expression: &Expr) -> Option<&LayerName> {
        let Expr::Path(path) = expression else {
            return None;
        };
        let name = path.path.get_ident()?;
        self.layers.iter().rev().find(|layer| layer.name == *name)
    }

    fn call(&self, call: &ExprCall) -> Option<Expr> {
        let layer_name = self.named(&call.func)?;
        let arguments: Vec<TokenStream> =
            call.args.iter().map(|argument| quote!(#argument)).collect();
        let name = match &*call.func {
            Expr::Path(path) => path.path.get_ident()?.clone(),
            _ => return None,
        };
        let tokens = match (layer_name.form, arguments.as_slice()) {
            (Form::Single, arguments) => {
                let forward = Ident::new("forward", name.span());
                method(&layer(&name), &forward, arguments)
            }
            (form, [argument]) => self::call(&name, form, argument),
            (form, _) => {
                let message = match form {
                    Form::Stack => "a stack of layers takes one argument",
                    _ => {
                        "an optional layer takes one argument, and gives it back where it is absent"
                    }
                };
                let error = syn::Error::new(call.span(), message).into_compile_error();
                quote!({ #error })
            }
        };
        Some(in_place_of(name.span(), call.paren_token, tokens))
    }

    /// A function of the user's: what goes wrong in it is told at its call.
    fn helper(&self, call: &mut ExprCall) -> Expr {
        call.args
            .iter_mut()
            .for_each(|argument| self.lift(argument));
        let names: Vec<_> = (0..call.args.len())
            .map(|i| format_ident!("__argument_{i}", span = Span::mixed_site()))
            .collect();
        let (arguments, function, at) = (&call.args, &call.func, self.at);
        let result = Ident::new("__result", Span::mixed_site());
        let values = arguments.iter();
        let hold = quote_spanned!(function.span()=> #at.hold());
        let applied = quote_spanned!(function.span()=> #function(#(#names),*));
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
        if let Some(layer_name) = self.named(&call.receiver)
            && layer_name.form == Form::Single
        {
            let arguments: Vec<TokenStream> =
                call.args.iter().map(|argument| quote!(#argument)).collect();
            let tokens = method(&layer(&layer_name.name), &call.method, &arguments);
            return Some(parse_quote!(#tokens));
        }
        call.args
            .iter_mut()
            .for_each(|argument| self.lift(argument));
        None
    }

    /// Whether a list is one of sizes or axes, in which names of dimensions stand for themselves.
    fn lists_sizes(&self, list: &ExprArray) -> bool {
        list.elems.iter().any(|part| {
            matches!(part, Expr::Infer(_) | Expr::Unary(_))
                || argument::mentions_dimension(part, &self.network.dimensions)
        })
    }

    /// A list among a call's arguments: sizes and axes as an argument, tensors as they are.
    fn lift(&self, expression: &mut Expr) {
        let Expr::Array(array) = expression else {
            return;
        };
        let p = quote!(::netdsl::__private);
        let span = array.span();
        let tokens = if self.lists_sizes(array) {
            argument::written(expression, &self.network.dimensions, self.at)
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
        let value: Expr =
            parse_quote_spanned!(op.span()=> ::netdsl::__private::Lower(#left, #right).#method());
        Some(if assigns {
            parse_quote!(#left = #value)
        } else {
            value
        })
    }

    fn for_loop(&mut self, for_loop: &mut ExprForLoop) -> Option<Expr> {
        self.loops += 1;
        let index = format_ident!("__i_{}", self.loops, span = Span::mixed_site());
        let label = &for_loop.label;
        if let (Some(stack), Pat::Ident(member)) = (self.named(&for_loop.expr), &*for_loop.pat) {
            let (stack, member) = (layer(&stack.name), member.ident.clone());
            self.layers.push(LayerName {
                name: member.clone(),
                form: Form::Single,
            });
            self.visit_block_mut(&mut for_loop.body);
            self.layers.pop();
            let (local, body) = (layer(&member), &for_loop.body.stmts);
            return Some(parse_quote!({
                let mut #index = 0usize;
                let __stack = #stack.0.enter();
                #label while #index < #stack.2 {
                    let #local = (__stack.member(#index), #stack.1);
                    __stack.trace().resume(#stack.0);
                    #index += 1;
                    #(#body)*
                }
                __stack.leave();
            }));
        }
        if let Expr::Range(range) = &*for_loop.expr
            && let (Some(mut start), Some(mut end)) = (range.start.clone(), range.end.clone())
        {
            self.visit_expr_mut(&mut start);
            self.visit_expr_mut(&mut end);
            self.visit_block_mut(&mut for_loop.body);
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
}

impl VisitMut for Rewriter<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::ForLoop(for_loop) = expression
            && let Some(rewritten) = self.for_loop(for_loop)
        {
            *expression = rewritten;
            return;
        }
        if matches!(expression, Expr::Array(list) if self.lists_sizes(list)) {
            return;
        }
        visit_mut::visit_expr_mut(self, expression);
        let rewritten = match expression {
            Expr::Call(call) => {
                let rewritten = self.call(call);
                rewritten.or_else(|| Some(self.helper(call)))
            }
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Path(path) => path.path.get_ident().and_then(|name| {
                let number = generics::number(name, self.network, self.at)?;
                Some(parse_quote!(#number))
            }),
            Expr::Binary(binary) => self.binary(&binary.left, &binary.op, &binary.right),
            Expr::Unary(unary)
                if matches!(unary.op, syn::UnOp::Neg(_))
                    && !matches!(*unary.expr, Expr::Lit(_)) =>
            {
                let (inner, span) = (&unary.expr, unary.op.span());
                Some(parse_quote_spanned!(span=> (#inner).neg()))
            }
            _ => None,
        };
        if let Some(rewritten) = rewritten {
            *expression = rewritten;
        }
    }

    // Functions and other items within a body are plain Rust.
    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}
