//! What a loop of a body goes through, where that is no range: the members of stacks, `for block in blocks`, elements of
//! arrays, `for part in x.chunk::<2>(1)`, and both, `for (up, skip) in ups.iter().zip(skips).rev()`.
//!
//! Stacks are no values, and iterators cannot run in constant functions: such a loop counts, and takes from
//! each stack or array what stands at a place.

use super::names::{Form, Names};
use syn::{Expr, ExprMethodCall, Ident, Pat};

/// What a loop goes through, with what it calls each part.
pub enum Through {
    /// The members of a stack: `blocks`, `blocks.iter()`.
    Members { stack: Ident, member: Ident },
    /// The elements of an array: `skips`, `[x, y].iter()`.
    Elements { array: Box<Expr>, element: Pat },
    /// From the last to the first.
    Reversed(Box<Self>),
    /// With their numbers.
    Numbered { index: Pat, of: Box<Self> },
    /// Two side by side, as long as there are both.
    Paired(Box<Self>, Box<Self>),
}

impl Through {
    /// What a loop goes through, if it is of stacks or arrays; an error's words where it cannot be.
    pub fn of(
        names: &Names,
        expression: &Expr,
        pattern: &Pat,
    ) -> Option<Result<Self, &'static str>> {
        let through = of(names, expression, pattern);
        if through.is_none() && !mentions_stack(names, expression) {
            return None;
        }
        Some(through.ok_or(
            "a loop goes through a stack as through an array: `for block in blocks`, `blocks.iter().rev()`, \
             `for (i, block) in blocks.iter().enumerate()`, `for (a, b) in blocks.iter().zip(others)` with another \
             stack, or an array",
        ))
    }

    /// The stacks, each with the name of its members within the loop.
    pub fn members(&self) -> Vec<(&Ident, &Ident)> {
        self.parts(|part| match part {
            Self::Members { stack, member } => Some((stack, member)),
            _ => None,
        })
    }

    /// The patterns that values are bound by.
    pub fn patterns(&self) -> Vec<&Pat> {
        self.parts(|part| match part {
            Self::Numbered { index: pattern, .. }
            | Self::Elements {
                element: pattern, ..
            } => Some(pattern),
            _ => None,
        })
    }

    /// The arrays whose elements are gone through.
    pub fn arrays_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Members { .. } => Vec::new(),
            Self::Elements { array, .. } => vec![array],
            Self::Reversed(of) | Self::Numbered { of, .. } => of.arrays_mut(),
            Self::Paired(a, b) => a.arrays_mut().into_iter().chain(b.arrays_mut()).collect(),
        }
    }

    fn parts<'t, T>(&'t self, part: impl Fn(&'t Self) -> Option<T> + Copy) -> Vec<T> {
        let within = match self {
            Self::Members { .. } | Self::Elements { .. } => Vec::new(),
            Self::Reversed(of) | Self::Numbered { of, .. } => of.parts(part),
            Self::Paired(a, b) => a.parts(part).into_iter().chain(b.parts(part)).collect(),
        };
        part(self).into_iter().chain(within).collect()
    }
}

fn of(names: &Names, expression: &Expr, pattern: &Pat) -> Option<Through> {
    let call = match expression {
        Expr::MethodCall(call) => call,
        _ => return plain(names, expression, pattern),
    };
    match (call.method.to_string().as_str(), call.args.len()) {
        ("iter", 0) => plain(names, &call.receiver, pattern),
        ("rev", 0) if is_iterator(call) => {
            let of = of(names, &call.receiver, pattern)?;
            Some(Through::Reversed(Box::new(of)))
        }
        ("enumerate", 0) if is_iterator(call) => {
            let [index, rest] = pair(pattern)?;
            let of = Box::new(of(names, &call.receiver, rest)?);
            let index = index.clone();
            Some(Through::Numbered { index, of })
        }
        ("zip", 1) if is_iterator(call) => {
            let [first, second] = pair(pattern)?;
            let of_first = of(names, &call.receiver, first)?;
            let of_second = of(names, &call.args[0], second)?;
            Some(Through::Paired(of_first.into(), of_second.into()))
        }
        _ if !mentions_iterator(expression) => plain(names, expression, pattern),
        _ => None,
    }
}

/// Whether a method is called of an iterator, as in Rust: `blocks.iter()`, or what was made of it.
fn is_iterator(call: &ExprMethodCall) -> bool {
    matches!(&*call.receiver, Expr::MethodCall(_))
}

fn plain(names: &Names, expression: &Expr, pattern: &Pat) -> Option<Through> {
    match (names.layer(expression), expression, pattern) {
        (Some((stack, Form::Stack)), _, Pat::Ident(member)) => {
            let (stack, member) = (stack.clone(), member.ident.clone());
            Some(Through::Members { stack, member })
        }
        (Some(_), ..) | (_, Expr::Range(_), _) => None,
        _ if mentions_stack(names, expression) => None,
        _ => {
            let (array, element) = (Box::new(expression.clone()), pattern.clone());
            Some(Through::Elements { array, element })
        }
    }
}

fn pair(pattern: &Pat) -> Option<[&Pat; 2]> {
    match pattern {
        Pat::Tuple(pair) if pair.elems.len() == 2 => Some([&pair.elems[0], &pair.elems[1]]),
        _ => None,
    }
}

/// Whether something is an iterator: `skips.iter().map(f)`.
fn mentions_iterator(expression: &Expr) -> bool {
    match expression {
        Expr::MethodCall(call) => {
            call.method == "iter" || call.method == "into_iter" || mentions_iterator(&call.receiver)
        }
        _ => false,
    }
}

fn mentions_stack(names: &Names, expression: &Expr) -> bool {
    match expression {
        Expr::MethodCall(call) => {
            mentions_stack(names, &call.receiver)
                || call
                    .args
                    .iter()
                    .any(|argument| mentions_stack(names, argument))
        }
        _ => matches!(names.layer(expression), Some((_, Form::Stack))),
    }
}
