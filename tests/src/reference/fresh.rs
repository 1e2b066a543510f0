//! Modules as new, from a constructor call in words: `Conv2d(4, 8, 3, groups=2)`.

use super::classes::{self, Given};
use super::options::Options;
use netdsl::{Forward, Standalone};
use serde_json::{Map, Value};

/// A parameter's path, shape and values.
pub type Drawn = (String, Vec<usize>, Vec<f64>);

/// Each parameter (not buffers), drawn from a seed.
pub fn parameters(call: &str, seed: u64) -> Result<Vec<Drawn>, String> {
    let (class, arguments) =
        parse(call).ok_or_else(|| format!("{call} is no constructor's call"))?;
    let arguments = Value::Object(arguments);
    let definition = classes::definition(class, &Options::new(&arguments, f32::EPSILON.into())?)?;
    let names = classes::arguments(class);
    let body: Forward<'_> = &|at, inputs| {
        let given = names
            .iter()
            .zip(inputs)
            .map(|(name, input)| (*name, *input, false))
            .collect();
        let results = definition(at, &Given::new(given, Vec::new()));
        results.map_or_else(
            |_| Vec::new(),
            |results| results.into_iter().map(|(_, tensor)| tensor).collect(),
        )
    };
    let unknown = vec![None; names.len()];
    let module =
        Standalone::<f32>::new(&unknown, false, seed, body).map_err(|error| error.to_string())?;
    let own = module.parameters().filter(|(_, _, buffer)| !buffer);
    Ok(own
        .map(|(path, value, _)| {
            (
                path.to_owned(),
                value.shape().to_vec(),
                value.iter().map(|&v| v.into()).collect(),
            )
        })
        .collect())
}

/// A class and its arguments, those without a name by their place.
fn parse(call: &str) -> Option<(&str, Map<String, Value>)> {
    let (class, rest) = call.split_once('(')?;
    let rest = rest.trim().strip_suffix(')')?;
    let mut arguments = Map::new();
    for (place, argument) in split(rest).into_iter().enumerate() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.trim().to_owned(), value),
            None => (place.to_string(), argument),
        };
        arguments.insert(name, literal(value.trim())?);
    }
    Some((class.rsplit('.').next()?.trim(), arguments))
}

/// The parts between commas that are in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// A value as Python writes it.
fn literal(text: &str) -> Option<Value> {
    match text {
        "True" => return Some(Value::Bool(true)),
        "False" => return Some(Value::Bool(false)),
        "None" => return Some(Value::Null),
        _ => {}
    }
    let inside = text
        .strip_prefix(['(', '['])
        .and_then(|rest| rest.strip_suffix([')', ']']));
    if let Some(inside) = inside {
        return split(inside)
            .into_iter()
            .map(|part| literal(part.trim()))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    match text.strip_prefix(['\'', '"']) {
        Some(word) => Some(Value::String(word.trim_end_matches(['\'', '"']).to_owned())),
        None => serde_json::from_str(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read() {
        let (class, arguments) =
            parse("nn.Conv2d(4, 8, (3, 5), bias=False, padding_mode='reflect')").unwrap();
        assert_eq!(class, "Conv2d");
        let arguments = Value::Object(arguments).to_string();
        assert_eq!(
            arguments,
            r#"{"0":4,"1":8,"2":[3,5],"bias":false,"padding_mode":"reflect"}"#
        );
    }
}
