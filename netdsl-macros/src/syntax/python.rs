//! Statements that Rust cannot read: Python's, and those that do not end.

use super::shown;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// What is wrong with a statement of which a parser says `error`.
pub fn told(statement: TokenStream, error: syn::Error) -> syn::Error {
    habit(statement.clone())
        .or_else(|| unended(statement, &error))
        .unwrap_or(error)
}

/// A `;` that is missing at the end of a line is told there, and not where the next one begins.
fn unended(statement: TokenStream, error: &syn::Error) -> Option<syn::Error> {
    if !error.to_string().ends_with("expected `;`") {
        return None;
    }
    let last = before(statement, error.span())?;
    let is_line_end = last.end().line < error.span().start().line;
    is_line_end.then(|| syn::Error::new(last, "expected `;` after this"))
}

/// Where the token ends that stands before a place.
fn before(tokens: TokenStream, place: Span) -> Option<Span> {
    let mut last = None;
    for token in tokens {
        if token.span().start() == place.start() {
            return last;
        }
        last = Some(token.span());
        if let TokenTree::Group(group) = token {
            if let Some(found) = before(group.stream(), place) {
                return Some(found);
            }
            last = Some(group.span_close());
        }
    }
    None
}

/// What to write instead of what Python has and Rust cannot read, wherever it stands.
fn habit(tokens: TokenStream) -> Option<syn::Error> {
    let told = statements(tokens.clone()).find_map(|statement| tuple(&statement));
    told.or_else(|| sign(tokens))
}

/// What to write instead of Python's `x[:, 0]`, `x[..., 0]` and `a @ b`.
fn sign(tokens: TokenStream) -> Option<syn::Error> {
    let mut before = None;
    for token in tokens {
        let message = match (&before, &token) {
            (Some(TokenTree::Ident(_) | TokenTree::Group(_)), TokenTree::Punct(sign))
                if sign.as_char() == '@' =>
            {
                Some("the product of matrices is `a.matmul(b)`")
            }
            (Some(TokenTree::Punct(dot)), TokenTree::Ident(name))
                if dot.as_char() == '.' && name == "where" =>
            {
                Some("`select(condition, a, b)` is PyTorch's `where`")
            }
            (Some(TokenTree::Ident(kind)), TokenTree::Punct(sign))
                if sign.as_char() == '<' && is_kind(kind) =>
            {
                Some(
                    "a layer is declared in the struct, `fc: Linear<4, 2>`, and called by its name, `fc(x)`",
                )
            }
            (Some(TokenTree::Ident(_) | TokenTree::Group(_)), TokenTree::Group(index))
                if is_python(index) =>
            {
                Some(
                    "parts of a tensor are taken by methods: `x.select_index(1, 0)` for `x[:, 0]`, `x.slice(1, ..n)` for `x[:, :n]`",
                )
            }
            _ => None,
        };
        if let Some(message) = message {
            return Some(syn::Error::new(token.span(), message));
        }
        if let TokenTree::Group(group) = &token
            && let Some(error) = within(group)
        {
            return Some(error);
        }
        before = Some(token);
    }
    None
}

/// The same within a group: statements within braces.
fn within(group: &Group) -> Option<syn::Error> {
    match group.delimiter() {
        Delimiter::Brace => habit(group.stream()),
        _ => sign(group.stream()),
    }
}

/// Python's tuples, which have no parentheses: `let y, _ = lstm(x);`, `return y, h`.
fn tuple(statement: &TokenStream) -> Option<syn::Error> {
    let tokens: Vec<_> = statement.clone().into_iter().collect();
    let tokens = match tokens.split_last() {
        Some((end, tokens)) if is_sign(end, ';') => tokens,
        _ => &tokens[..],
    };
    let (word, tokens) = match tokens.split_first() {
        Some((TokenTree::Ident(word), rest)) if word == "let" || word == "return" => {
            (word.to_string(), rest)
        }
        _ => (String::new(), tokens),
    };
    let (names, value) = match tokens.iter().position(|token| is_sign(token, '=')) {
        Some(end) => (&tokens[..end], &tokens[end..]),
        None => (tokens, &[][..]),
    };
    let comma = names.iter().find(|token| is_sign(token, ','))?;
    let has_other = |sign: char| names.iter().any(|token| is_sign(token, sign));
    if ['|', '<', ':'].into_iter().any(has_other) {
        return None;
    }
    // Equal parts are an array.
    let is_array = value.iter().any(|token| is_word(token, &["chunk"]));
    let text = |tokens: &[TokenTree]| shown(&TokenStream::from_iter(tokens.iter().cloned()));
    let (names, value) = (text(names), text(value));
    let written = match (word.as_str(), value.as_str()) {
        _ if is_array => format!("let [{names}] {value};"),
        ("return", _) => format!("return ({names})"),
        (_, "") => format!("({names})"),
        _ => format!("let ({names}) {value};"),
    };
    let brackets = if is_array { "brackets" } else { "parentheses" };
    let message = format!("several results stand in {brackets}: `{written}`");
    Some(syn::Error::new(comma.span(), message))
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

/// Whether a name is written as those of types are.
fn is_kind(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// Whether an index is one of Python's, by several places or a `:`.
fn is_python(index: &Group) -> bool {
    let is_of_several = |token| is_sign(&token, ':') || is_sign(&token, ',');
    index.delimiter() == Delimiter::Bracket && index.stream().into_iter().any(is_of_several)
}

/// The tokens of statements, each up to its `;`, or the `}` of a loop or a choice.
pub fn statements(tokens: TokenStream) -> impl Iterator<Item = TokenStream> {
    let mut tokens = tokens.into_iter().peekable();
    std::iter::from_fn(move || {
        let is_block = is_word(tokens.peek()?, &["for", "while", "loop", "if", "match"]);
        let mut statement = TokenStream::new();
        while let Some(token) = tokens.next() {
            let is_braces =
                matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            let goes_on =
                |next: &TokenTree| !matches!(next, TokenTree::Ident(_)) || is_word(next, &["else"]);
            let ends = is_sign(&token, ';')
                || is_block && is_braces && !tokens.peek().is_some_and(goes_on);
            statement.extend([token]);
            if ends {
                break;
            }
        }
        Some(statement)
    })
}

fn is_word(token: &TokenTree, words: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(word) if words.iter().any(|known| word == known))
}
