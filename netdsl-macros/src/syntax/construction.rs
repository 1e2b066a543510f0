//! A network to be built.

use super::{NamedValue, kind, places, shown, sizes};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, Path, Result, Token};

/// A network to be built: `network!(Mlp<20, _>, seed = 7)`.
pub struct Construction {
    pub kind: Path,
    pub sizes: Vec<Expr>,
    pub options: Vec<(Ident, Expr)>,
}

impl Parse for Construction {
    fn parse(input: ParseStream) -> Result<Self> {
        let kind = kind(input)?;
        let sizes = sizes(input)?;
        ends(&kind, input)?;
        sizes.iter().try_for_each(|size| is_size(&kind, size))?;
        let mut options = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            has_name(input)?;
            let NamedValue(name, value) = input.parse()?;
            options.push((name, value));
        }
        Ok(Self {
            kind,
            sizes,
            options,
        })
    }
}

/// Whether the options follow, and no `(5)` or `{ d: 5 }`.
fn ends(kind: &Path, input: ParseStream) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let kind = shown(kind);
    Err(input.error(match kind.as_str() {
        "class" => "a network is defined by `struct Name { layer: Kind<…>, … }`".to_owned(),
        _ => {
            let kind = kind.trim_end_matches("::new");
            let sizes: Vec<_> = places::values_ahead(input)?.iter().map(shown).collect();
            let sizes = match sizes.is_empty() {
                true => "…".to_owned(),
                false => sizes.join(", "),
            };
            format!("a network is built by its name and sizes: `network!({kind}<{sizes}>)`, then `seed = 7`, `dtype = f64`")
        }
    }))
}

/// Whether a size is neither named, `d = 3`, nor the type of elements.
fn is_size(kind: &Path, size: &Expr) -> Result<()> {
    let kind = shown(kind);
    let message = match size {
        Expr::Assign(named) => {
            let value = shown(&named.right);
            format!("sizes are written in their order and without names: `{kind}<{value}>`")
        }
        Expr::Path(_) if is_element(&shown(size)) => {
            format!(
                "the type of elements is an option: `network!({kind}, dtype = {})`",
                shown(size)
            )
        }
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) if number.base10_parse::<u64>().is_err() => {
            format!("no size is as large as `{number}`")
        }
        _ => return Ok(()),
    };
    Err(syn::Error::new(size.span(), message))
}

/// Whether an option has a name: `7` alone was to be a seed, `f64` the type of elements.
fn has_name(input: ParseStream) -> Result<()> {
    if input.peek2(Token![=]) && !input.peek2(Token![==]) {
        return Ok(());
    }
    let Ok(value) = input.fork().parse::<Expr>() else {
        return Ok(());
    };
    let value_shown = shown(&value);
    let named = match value {
        Expr::Lit(_) => format!("seed = {value_shown}"),
        Expr::Path(_) if is_element(&value_shown) => format!("dtype = {value_shown}"),
        _ => return Ok(()),
    };
    let message = format!("what follows the sizes has a name: `{named}`");
    Err(syn::Error::new(value.span(), message))
}

/// Whether a name is that of a type of elements.
fn is_element(name: &str) -> bool {
    name == "f32" || name == "f64"
}
