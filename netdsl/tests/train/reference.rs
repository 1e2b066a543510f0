//! Reads the reference cases, which live beside the repository.

use std::path::PathBuf;

use serde_json::Value;

/// The cases of `<folder>/manifest.json` and the whole manifest; `None`, with a note, where there is none.
pub fn manifest(folder: &str) -> Option<Value> {
    let path = root().join(folder).join("manifest.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("the manifest is JSON"))
}

/// The folder of the reference cases.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference")
}

/// `value[key]` as a number.
pub fn number(value: &Value, key: &str) -> f64 {
    value[key]
        .as_f64()
        .unwrap_or_else(|| panic!("no number {key} in {value}"))
}

/// `value[key]` as text.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text {key} in {value}"))
}

/// `value[key]` as a list of numbers.
pub fn numbers(value: &Value, key: &str) -> Vec<f64> {
    let list = value[key]
        .as_array()
        .unwrap_or_else(|| panic!("no list {key} in {value}"));
    list.iter()
        .map(|number| number.as_f64().expect("a number"))
        .collect()
}
