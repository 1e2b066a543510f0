//! What stands in `network!` beside networks, and belongs elsewhere or is written otherwise.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, Result, Token, Visibility};

const WHOLE: &str = "expected a network, `struct Name { layer: Kind<…>, … }`, its `fn forward(x: [_]) -> _ { … }` or a function";
const COMMENT: &str = "a comment begins with `//`";

/// Whether a network begins here.
pub fn is_network(input: ParseStream) -> Result<()> {
    is_comment(input)?;
    if input.peek(Token![;]) || input.peek(Token![,]) {
        return Err(input.error("nothing stands after the `}` of a network: leave it out"));
    }
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    let visibility: Visibility = ahead.parse()?;
    if ahead.peek(Token![struct]) {
        return Ok(());
    }
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return Err(ahead.error(WHOLE));
    };
    let word_is = |words: &[&str]| words.iter().any(|known| word == known);
    let message = if word == "fn" && !matches!(visibility, Visibility::Inherited) {
        "`forward` is as public as its network: write `fn forward`"
    } else if word == "fn" {
        "a network has one `forward`, which stands after its struct"
    } else if word_is(&["async", "unsafe", "extern"]) {
        "the function of a network is a plain `fn forward(x: [_]) -> _ { … }`"
    } else if word == "def" {
        "the function of a network is `fn forward(x: [_]) -> _ { … }`"
    } else if word_is(&["class", "enum", "union"]) {
        "a network is a struct: `struct Name { layer: Kind<…>, … }`"
    } else if word == "impl" {
        "`forward` stands after the struct without an `impl`; other methods stand in one outside of `network!`"
    } else if word_is(&[
        "const", "use", "static", "type", "mod", "trait", "let", "import", "from",
    ]) {
        "this stands outside of `network!`, which holds networks and functions from tensors to tensors"
    } else {
        WHOLE
    };
    Err(syn::Error::new(word.span(), message))
}

/// Whether what begins with a `#` is an attribute, and no comment of Python's.
pub fn is_comment(input: ParseStream) -> Result<()> {
    let is_attribute = input.peek2(syn::token::Bracket);
    match input.peek(Token![#]) && !is_attribute {
        true => Err(input.error(COMMENT)),
        false => Ok(()),
    }
}
