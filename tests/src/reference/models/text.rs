//! The words of an architecture's text.

use super::program::float;

/// A word, and what stands in brackets behind it: `conv1(6, k5)`, `GELU (exact)`; all in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub word: String,
    pub args: String,
}

/// The words of a text.
pub fn terms(text: &str) -> Vec<Term> {
    let text = text.to_lowercase();
    let (mut found, mut rest) = (Vec::new(), text.as_str());
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        rest = &rest[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        rest = &rest[end..];
        let mut args = String::new();
        if let Some(inner) = rest.trim_start().strip_prefix('(') {
            let end = closing(inner);
            args = inner[..end].to_owned();
            rest = inner.get(end + 1..).unwrap_or("");
        }
        if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            found.push(Term { word, args });
        }
    }
    found
}

/// Where the bracket closes that is open at the start.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The number behind one of some names: `k5`, `stride 2`, `padding_idx=0`, `nhead: 4`.
pub fn number(text: &str, names: &[&str]) -> Option<usize> {
    let text = text.to_lowercase();
    names.iter().find_map(|name| {
        text.match_indices(name).find_map(|(at, _)| {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
                return None;
            }
            let rest = text[at + name.len()..].trim_start_matches([' ', '=', ':', '(']);
            digits(rest)
        })
    })
}

/// The number before a word: `4 heads`, `2 x TransformerEncoderLayer`.
pub fn counted(text: &str, word: &str) -> Option<usize> {
    let text = text.to_lowercase();
    text.match_indices(word).find_map(|(at, _)| {
        let before = text[..at].trim_end_matches([' ', '-', 'x']);
        let start = before
            .rfind(|c: char| !c.is_ascii_digit())
            .map_or(0, |last| last + 1);
        before[start..].parse().ok()
    })
}

/// All numbers of a text.
pub fn numbers(text: &str) -> Vec<usize> {
    let parts = text.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

fn digits(text: &str) -> Option<usize> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The functions that a network may have, as steps.
pub const FUNCTIONS: [&str; 15] = [
    "relu",
    "gelu",
    "tanh",
    "sigmoid",
    "silu",
    "elu",
    "selu",
    "gelu_tanh",
    "relu6",
    "celu",
    "mish",
    "softplus",
    "softsign",
    "hardswish",
    "hardtanh",
];

impl Term {
    /// The step of a function that this is, if it is one.
    pub fn function(&self) -> Option<String> {
        let word = self.word.replace('_', "");
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        match (word.as_str(), bare) {
            ("relu6", _) => Some("relu6".to_owned()),
            (_, "leakyrelu" | "lrelu") => {
                let slope = self.args.rsplit('=').next().unwrap_or("").trim();
                let slope = slope.parse().unwrap_or(0.01);
                Some(format!("leaky_relu {}", float(slope)))
            }
            (_, "swish") => Some("silu".to_owned()),
            (_, "gelu") if self.args.contains("tanh") => Some("gelu_tanh".to_owned()),
            (_, bare) => FUNCTIONS
                .iter()
                .find(|function| **function == bare)
                .map(|function| function.to_string()),
        }
    }

    /// The word without numbers at its end, and without `2d`.
    pub fn stem(&self) -> &str {
        let word = self.word.trim_end_matches("1d").trim_end_matches("2d");
        word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read() {
        let found = terms("conv1(6, k5, pad2) maxpool2 | 4 GELU (tanh) | lrelu(0.2), fc ((a) b)");
        let wanted = [
            ("conv1", "6, k5, pad2"),
            ("maxpool2", ""),
            ("gelu", "tanh"),
            ("lrelu", "0.2"),
            ("fc", "(a) b"),
        ];
        let wanted = wanted.map(|(word, args)| Term {
            word: word.to_owned(),
            args: args.to_owned(),
        });
        assert_eq!(found, wanted);
        assert_eq!(found[0].stem(), "conv");
        assert_eq!(found[2].function().as_deref(), Some("gelu_tanh"));
        assert_eq!(
            found[3].function(),
            Some(format!("leaky_relu {}", float(0.2)))
        );
        assert_eq!(number("6, k5, pad2", &["p", "pad"]), Some(2));
        assert_eq!(number("padding_idx=0", &["padding"]), None);
        assert_eq!(
            number("Embedding(20, 8, padding_idx = 0)", &["padding_idx"]),
            Some(0)
        );
        assert_eq!(
            counted("2 TransformerEncoderLayer(16, 4 heads)", "head"),
            Some(4)
        );
    }
}
