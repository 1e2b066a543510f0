//! Manifests: what cases there are and how they were made.

use super::tensors::Tensors;
use serde_json::Value;
use std::path::Path;

/// A manifest.
pub struct Manifest {
    value: Value,
}

/// A case of a manifest.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What the manifest says.
    pub value: &'a Value,
    /// Where the manifest and the files are.
    pub folder: &'a Path,
}

impl Manifest {
    /// Reads a file as Python writes it, where `NaN` and `Infinity` may be numbers.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        let value: Value =
            serde_json::from_str(&plain(&text)).map_err(|error| format!("{shown}: {error}"))?;
        match value["cases"] {
            Value::Array(_) => Ok(Self { value }),
            _ => Err(format!("{shown}: there is no list `cases`")),
        }
    }

    /// Its cases.
    pub fn cases(&self) -> &[Value] {
        self.value["cases"].as_array().map_or(&[], Vec::as_slice)
    }

    /// What is wrong with the gains of nonlinearities, if the manifest lists them.
    pub fn gain_mistakes(&self, filter: &str) -> Vec<String> {
        match (&self.value["gains"], filter) {
            (gains @ Value::Object(_), "") => super::init::gain_mistakes(gains),
            _ => Vec::new(),
        }
    }
}

impl<'a> Case<'a> {
    /// Its name.
    pub fn id(&self) -> String {
        self.value["id"]
            .as_str()
            .unwrap_or("a case without an id")
            .to_owned()
    }

    /// The line of the table that it belongs to.
    pub fn group(&self) -> String {
        let names = ["class", "optimizer", "fn"]
            .into_iter()
            .find_map(|key| self.value[key].as_str());
        names.map_or_else(|| self.id(), str::to_owned)
    }

    /// Text under a key.
    pub fn text(&self, key: &str) -> Result<&'a str, String> {
        text(self.value, key)
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Result<Vec<&'a str>, String> {
        let list = self.value[key]
            .as_array()
            .ok_or_else(|| format!("no list `{key}` in the manifest"))?;
        list.iter()
            .map(|item| item.as_str().ok_or_else(|| format!("`{key}` holds {item}")))
            .collect()
    }

    /// Whether it has a file, and that is not there.
    pub fn missing_file(&self) -> bool {
        let absent = |key: &str| {
            self.value[key]
                .as_str()
                .is_some_and(|file| !self.folder.join(file).exists())
        };
        absent("file") || absent("state_dict")
    }

    /// The tensors of its file.
    pub fn tensors(&self) -> Result<Tensors, String> {
        Tensors::read(&self.folder.join(self.text("file")?))
    }
}

/// Text under a key.
pub fn text<'v>(value: &'v Value, key: &str) -> Result<&'v str, String> {
    value[key]
        .as_str()
        .ok_or_else(|| format!("no text `{key}` in the manifest"))
}

/// A number under a key.
pub fn number(value: &Value, key: &str) -> Result<f64, String> {
    float(&value[key]).ok_or_else(|| format!("no number `{key}` in the manifest"))
}

/// A number, infinite ones included.
pub fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Object(map) => map.get("$float")?.as_str()?.parse().ok(),
        _ => value.as_f64(),
    }
}

/// The numbers of a list.
pub fn numbers(value: &Value, key: &str) -> Result<Vec<f64>, String> {
    let list = value[key]
        .as_array()
        .ok_or_else(|| format!("no list `{key}` in the manifest"))?;
    list.iter()
        .map(|item| float(item).ok_or_else(|| format!("`{key}` holds {item}")))
        .collect()
}

/// The sizes of a list.
pub fn sizes(value: &Value, key: &str) -> Result<Vec<usize>, String> {
    let list = value[key]
        .as_array()
        .ok_or_else(|| format!("no list `{key}` in the manifest"))?;
    list.iter()
        .map(|item| {
            item.as_u64()
                .map(|size| size as usize)
                .ok_or_else(|| format!("`{key}` holds {item}"))
        })
        .collect()
}

/// The same text with numbers that JSON does not know as objects.
fn plain(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(['"', 'N', 'I', '-']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('"') {
            let end = string_end(rest);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let words = [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")];
        let word = words.into_iter().find(|(word, _)| rest.starts_with(word));
        match word {
            Some((word, number)) => {
                out.push_str(&format!("{{\"$float\": \"{number}\"}}"));
                rest = &rest[word.len()..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where a text in quotes ends.
fn string_end(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_numbers_are_read() {
        let text = r#"{"a\"NaN": [NaN, -Infinity, -1.5, Infinity], "b": "Infinity"}"#;
        let value: Value = serde_json::from_str(&plain(text)).unwrap();
        let list = numbers(&value, "a\"NaN").unwrap();
        assert!(list[0].is_nan());
        assert_eq!(list[1..], [f64::NEG_INFINITY, -1.5, f64::INFINITY]);
        assert_eq!(value["b"], "Infinity");
    }
}
