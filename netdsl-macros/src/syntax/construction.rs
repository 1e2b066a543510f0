//! A network to be built.

use super::{NamedValue, kind, sizes};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Path, Result, Token};

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
        let mut options = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
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
