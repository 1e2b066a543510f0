//! The arguments of a call of PyTorch's, by place or by name.

use super::operations::Arguments;
use crate::syntax::shown;
use syn::{Expr, Lit, parse_quote};

/// What is given where PyTorch takes it without being told.
const DEFAULTS: &[(&str, &str)] = &[
    ("negative_slope", "0.01"),
    ("alpha", "1.0"),
    ("min_val", "-1.0"),
    ("max_val", "1.0"),
];

/// The arguments of a call by PyTorch's names.
pub struct Given<'g>(Vec<(&'static str, &'g Expr)>);

impl<'g> Given<'g> {
    /// `None` where something is given that the operation does not take.
    pub fn of(takes: &[&'static str], given: &'g Arguments) -> Option<Self> {
        let mut found = Vec::new();
        for (i, argument) in given.iter().enumerate() {
            let (name, value) = match argument {
                Expr::Assign(named) => {
                    let written = shown(&named.left);
                    let alike = match written.as_str() {
                        "axis" => "dim",
                        "unbiased" => "correction",
                        written => written,
                    };
                    let name = takes.iter().find(|name| **name == alike)?;
                    (*name, &*named.right)
                }
                value => (*takes.get(i)?, value),
            };
            if found.iter().any(|(other, _)| *other == name) {
                return None;
            }
            found.push((name, value));
        }
        Some(Self(found))
    }

    pub fn get(&self, name: &str) -> Option<Expr> {
        let (_, value) = self.0.iter().find(|(given, _)| *given == name)?;
        let is_none = matches!(value, Expr::Path(path) if path.path.is_ident("None"));
        (!is_none).then(|| in_rust((*value).clone()))
    }

    pub fn or_default(&self, name: &str) -> Option<Expr> {
        self.get(name).or_else(|| {
            let (_, default) = DEFAULTS.iter().find(|(known, _)| *known == name)?;
            syn::parse_str(default).ok()
        })
    }

    /// Whether something was given by this name or in its place.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, _)| *given == name)
    }

    /// Whether an argument is this number, `2` or `2.0`, or is left to be.
    pub fn is_number(&self, name: &str, number: &str) -> bool {
        self.get(name).is_none_or(|value| {
            let shown = shown(&value);
            shown.trim_end_matches(".0") == number || number == "1" && shown == "true"
        })
    }

    pub fn is_text(&self, name: &str, text: &str) -> bool {
        self.get(name).is_none_or(|value| is_text(&value, text))
    }

    /// Whether a flag is on; `None` where nobody knows.
    pub fn is_on(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            None => Some(false),
            Some(Expr::Lit(literal)) => match literal.lit {
                Lit::Bool(flag) => Some(flag.value),
                _ => None,
            },
            Some(_) => None,
        }
    }
}

/// Whether a value is this text.
pub fn is_text(value: &Expr, text: &str) -> bool {
    matches!(value, Expr::Lit(literal) if matches!(&literal.lit, Lit::Str(written) if written.value() == text))
}

/// `true` for `True`, and a list for a tuple.
pub fn in_rust(value: Expr) -> Expr {
    match value {
        Expr::Path(path) if path.path.is_ident("True") => parse_quote!(true),
        Expr::Path(path) if path.path.is_ident("False") => parse_quote!(false),
        Expr::Tuple(list) => {
            let elements = list.elems;
            parse_quote!([#elements])
        }
        value => value,
    }
}
