//! Constructor arguments of a module: from JSON to what definitions take.

use super::manifest::float;
use netdsl::layer::Definition;
use netdsl::shape::Arg;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Arguments that change no result.
const IDLE: [&str; 6] = [
    "inplace",
    "_freeze",
    "sparse",
    "device",
    "dtype",
    "norm_type",
];

/// What losses had before `reduction`.
const OLD_REDUCTION: [&str; 2] = ["size_average", "reduce"];

/// Constructor arguments by name.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    map: &'a Map<String, Value>,
    /// The precision of the elements, for arguments that default to it.
    epsilon: f64,
}

impl<'a> Options<'a> {
    /// The arguments in a manifest.
    pub fn new(value: &'a Value, epsilon: f64) -> Result<Self, String> {
        let map = value
            .as_object()
            .ok_or("the constructor's arguments are no object")?;
        Ok(Self { map, epsilon })
    }

    /// Whether an argument is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.map.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A definition with these arguments but for some that are dealt with elsewhere; an argument that
    /// it does not know is a mistake, unless it says nothing.
    pub fn apply<D: Definition>(&self, elsewhere: &[&str]) -> Result<D, String> {
        let mut definition = D::BLANK;
        for (name, value) in self.map {
            // Arguments without a name go by their place.
            let place = name
                .parse()
                .ok()
                .and_then(|place: usize| D::NAMES.get(place));
            let name = place.map_or(name.as_str(), |name| name);
            if elsewhere.contains(&name) || OLD_REDUCTION.contains(&name) || is_tensor(value) {
                continue;
            }
            let value = match (name, value) {
                // Where it is not given, the precision of what is computed.
                ("eps", Value::Null) => Arg::float(self.epsilon),
                _ => argument(value).ok_or_else(|| format!("{name} = {value} cannot be given"))?,
            };
            if !definition.set(name, value) && !value.is_absent() && !IDLE.contains(&name) {
                return Err(format!("{} has no argument `{name}`", D::KIND));
            }
        }
        if let Some(word) = self.reduction()
            && !definition.set("reduction", Arg::word(word))
        {
            return Err(format!("{} has no argument `reduction`", D::KIND));
        }
        Ok(definition)
    }

    /// What the old arguments for a reduction mean.
    fn reduction(&self) -> Option<&'static str> {
        let old = |name: &str| self.map.get(name).and_then(Value::as_bool);
        let [size_average, reduce] = OLD_REDUCTION;
        match (old(size_average), old(reduce)) {
            (None, None) => None,
            (_, Some(false)) => Some("none"),
            (Some(false), _) => Some("sum"),
            _ => Some("mean"),
        }
    }

    /// The arguments that are tensors, by name, with their names in the file.
    pub fn tensors(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.map
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.get("$tensor")?.as_str()?)))
    }
}

fn is_tensor(value: &Value) -> bool {
    value.get("$tensor").is_some()
}

/// A value as a definition takes it.
fn argument(value: &Value) -> Option<Arg> {
    Some(match value {
        Value::Null => Arg::ABSENT,
        Value::Bool(flag) => Arg::flag(*flag),
        Value::Number(number) => number.as_i64().map_or_else(
            || number.as_f64().map(Arg::float),
            |whole| Some(Arg::signed(whole)),
        )?,
        Value::String(text) => Arg::word(word(text)),
        Value::Array(list) => {
            let entries = list.iter().map(|entry| {
                if entry.is_null() {
                    Some(Arg::OPEN)
                } else {
                    argument(entry)
                }
            });
            let entries = entries.collect::<Option<Vec<_>>>()?;
            if entries.len() > netdsl::shape::MAX_LIST {
                return None;
            }
            Arg::list(&entries)
        }
        Value::Object(map) => match map.get("$fn").and_then(Value::as_str) {
            Some(function) => Arg::word(word(function)),
            None => Arg::float(float(value)?),
        },
    })
}

/// The same text for as long as the program runs; each is kept once.
pub fn word(text: &str) -> &'static str {
    static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    words.insert(kept);
    kept
}
