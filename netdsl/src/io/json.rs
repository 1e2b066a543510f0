//! As much JSON as the header of a safetensors file is made of: objects, lists, strings and whole
//! numbers. A reader asks for what must come next, so nothing nests deeper than it asks.

use std::fmt::Write as _;

/// What was expected of the bytes, and what they hold.
pub(super) struct Broken {
    pub(super) expected: String,
    pub(super) found: String,
}

impl Broken {
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self { expected, found }
    }
}

/// A place in a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The start of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads `{…}`; `member` is called after each name and reads its value.
    pub(super) fn object(
        &mut self,
        member: &mut dyn FnMut(&mut Self, String) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.between(b'{', b'}', &mut |reader| {
            let name = reader.string()?;
            reader.expect(b':')?;
            member(reader, name)
        })
    }

    /// Reads `[…]`; `item` is called for each item and reads it.
    pub(super) fn list(
        &mut self,
        item: &mut dyn FnMut(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.between(b'[', b']', item)
    }

    fn between(
        &mut self,
        open: u8,
        close: u8,
        part: &mut dyn FnMut(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.expect(open)?;
        if self.take(close) {
            return Ok(());
        }
        loop {
            part(self)?;
            if !self.take(b',') {
                return self.expect(close);
            }
        }
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<String, Broken> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let special = |c: char| c == '"' || c == '\\' || c < ' ';
            let plain = rest.find(special).unwrap_or(rest.len());
            string.push_str(&rest[..plain]);
            self.at += plain;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escaped()?),
                _ => return Err(self.broken("the rest of a string")),
            }
        }
    }

    /// The character that `\` and what follows it stand for.
    fn escaped(&mut self) -> Result<char, Broken> {
        let start = self.at;
        let character = match self.text.as_bytes().get(start + 1) {
            Some(b'u') => {
                let first = self.utf16_unit()?;
                // A character beyond 16 bits is two units.
                let second = match first {
                    0xd800..0xdc00 => Some(self.utf16_unit()?),
                    _ => None,
                };
                char::decode_utf16([first].into_iter().chain(second))
                    .next()
                    .and_then(Result::ok)
            }
            Some(&letter) => {
                self.at += 2;
                match letter {
                    b'"' | b'\\' | b'/' => Some(letter.into()),
                    b'b' => Some('\u{8}'),
                    b'f' => Some('\u{c}'),
                    b'n' => Some('\n'),
                    b'r' => Some('\r'),
                    b't' => Some('\t'),
                    _ => None,
                }
            }
            None => None,
        };
        character.ok_or_else(|| {
            self.at = start;
            self.broken("an escaped character")
        })
    }

    /// Reads `\u` and four hexadecimal digits.
    fn utf16_unit(&mut self) -> Result<u16, Broken> {
        let digits = self
            .text
            .get(self.at..self.at + 6)
            .and_then(|unit| unit.strip_prefix("\\u"))
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.broken("`\\u` and four hexadecimal digits"))?;
        self.at += 6;
        Ok(unit)
    }

    /// Reads a number that is whole, not negative, and a size of this machine.
    pub(super) fn size(&mut self) -> Result<usize, Broken> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let size = rest[..digits].parse();
        let leading_zero = digits > 1 && rest.starts_with('0');
        match (size, rest[digits..].bytes().next()) {
            (Ok(size), next) if !leading_zero && !matches!(next, Some(b'.' | b'e' | b'E')) => {
                self.at += digits;
                Ok(size)
            }
            _ => Err(self.broken(format!("a whole number up to {}", usize::MAX))),
        }
    }

    /// Checks that only white space is left.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        self.skip_space();
        match self.byte() {
            None => Ok(()),
            Some(_) => Err(self.broken("nothing more")),
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.broken(format!("`{}`", char::from(byte))))
    }

    /// Whether `byte` comes next after white space; if so, it is read.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let is_next = self.byte() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// That something else is here.
    pub(super) fn broken(&self, expected: impl Into<String>) -> Broken {
        const SHOWN: usize = 20;
        let rest = self.text[self.at..].chars().take(SHOWN);
        let found = match rest.collect::<String>() {
            rest if rest.is_empty() => "the end of the header".to_owned(),
            rest => format!("{rest:?} at byte {} of the header", self.at),
        };
        Broken::new(expected, found)
    }
}

/// `text` as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // Writing into a String does not fail.
            '\0'..' ' => drop(write!(quoted, "\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_quoted_here_and_by_others() {
        let all: String = ('\0'..'\u{800}')
            .chain("größe 𝄞 \u{ffff}".chars())
            .collect();
        for text in ["", "fc1.weight", "a \"b\" \\ \n\t\u{1}", &all] {
            assert_eq!(
                Reader::new(&quoted(text)).string().ok().as_deref(),
                Some(text)
            );
            let theirs = serde_json::Value::from(text).to_string();
            assert_eq!(Reader::new(&theirs).string().ok().as_deref(), Some(text));
            let ours: String = serde_json::from_str(&quoted(text)).unwrap();
            assert_eq!(ours, text);
        }
    }

    #[test]
    fn strings_are_those_of_json() {
        for text in [
            r#""\u00e9""#,
            r#""\ud834\udd1e""#,
            r#""\ud834""#,
            r#""\ud834\u0041""#,
            r#""\udd1e""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\uD834\uDD1E!""#,
            r#""\/\b\f\n\r\t\"\\""#,
            r#""\x""#,
            r#""\"#,
            r#"""#,
            "\"a\nb\"",
            "\"\u{7f}\"",
            r#""\uéé""#,
            "x",
        ] {
            let ours = Reader::new(text).string().ok();
            let theirs = serde_json::from_str(text).ok();
            assert_eq!(ours, theirs, "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers() {
        for text in [
            "0",
            "7",
            "-1",
            "-0",
            "01",
            "00",
            "1.0",
            "1e2",
            "1E2",
            "",
            "x",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            " 12 ",
            "+1",
            "\"1\"",
            "1 .5",
        ] {
            let mut reader = Reader::new(text);
            let ours = reader.size().ok().filter(|_| reader.end().is_ok());
            assert_eq!(ours, serde_json::from_str::<usize>(text).ok(), "{text}");
        }
    }
}
