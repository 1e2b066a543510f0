//! Classifiers with a transformer's encoder, of tokens or of vectors.

use super::modules::{Kind, Module};
use super::program::float;
use super::text::{counted, number};
use super::{Model, join, plain};

/// What may be read out, and words that say so.
const READOUTS: [(&str, &[&str]); 6] = [
    ("mean", &["mean", "average", "avg"]),
    ("first", &["class token", "cls", "first"]),
    ("max", &["max"]),
    ("last", &["last"]),
    ("sum", &["sum "]),
    ("flatten", &["flatten"]),
];

/// The networks that modules with encoder layers may be.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let is_encoder = |module: &Module| module.kind == Kind::Encoder;
    let Some(first) = model.modules.iter().position(is_encoder) else {
        return Vec::new();
    };
    let end = model
        .modules
        .iter()
        .rposition(is_encoder)
        .map_or(first, |last| last + 1);
    let width = model.modules[first].shape[1];
    let (mut readouts, mut readings) = (READOUTS, Vec::new());
    readouts.sort_by_key(|(_, words)| !model.says(words));
    let after: Vec<Module> = model.modules[end..].to_vec();
    // Some norms at the end are of all steps, the others of what is read out.
    let norms = after
        .iter()
        .take_while(|module| module.kind == Kind::LayerNorm)
        .count();
    let ends = (0..=norms).rev().flat_map(|early| {
        let steps = join(after[..early].iter().map(|norm| plain(norm, false)));
        let heads = model.heads(&after[early..]).into_iter().take(6);
        heads.map(move |head| (steps.clone(), head))
    });
    let ends: Vec<(String, String)> = ends.collect();
    for layers in layers(model, &model.modules[first..end], width) {
        for before in before(model, &model.modules[..first], width) {
            for (readout, _) in readouts {
                for (norms, head) in &ends {
                    let readout = readout.to_owned();
                    readings.push(join([
                        before.clone(),
                        layers.clone(),
                        norms.clone(),
                        readout,
                        head.clone(),
                    ]));
                }
            }
        }
    }
    readings
}

/// The encoder's layers: with so many heads, that norm first or not, and that function.
fn layers(model: &Model<'_>, modules: &[Module], width: usize) -> Vec<String> {
    let written = number(
        &model.text,
        &["nhead", "num_heads", "n_heads", "heads", "head"],
    );
    let written = counted(&model.text, "head").into_iter().chain(written);
    let mut heads: Vec<usize> = written.chain([4, 2, 8, 1]).chain(1..=width).collect();
    heads.retain(|heads| *heads > 0 && width.is_multiple_of(*heads));
    let text = model.text.to_lowercase().replace([' ', '_', '-'], "");
    let first = ["normfirst", "prenorm", "preln"]
        .iter()
        .any(|word| text.contains(word));
    let first = usize::from(first && !text.contains("normfirst=false"));
    let functions = if model.says(&["gelu"]) {
        ["gelu", "relu"]
    } else {
        ["relu", "gelu"]
    };
    let (mut seen, mut all) = (Vec::new(), Vec::new());
    for heads in heads {
        if seen.contains(&heads) {
            continue;
        }
        seen.push(heads);
        for norm_first in [first, 1 - first] {
            for function in functions {
                all.push(join(modules.iter().map(|module| match module.kind {
                    Kind::Encoder => {
                        let (path, bias) = (&module.path, module.biased());
                        format!("encoder {path} {bias} {heads} {norm_first} {function}")
                    }
                    _ => plain(module, false),
                })));
            }
        }
    }
    all
}

/// What comes before the layers: embeddings, perhaps scaled, a class token and positions.
fn before(model: &Model<'_>, modules: &[Module], width: usize) -> Vec<String> {
    let steps = model.input[1];
    let trained = model.case.texts("params").unwrap_or_default();
    let (mut inputs, mut tokens, mut positions, mut norms) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for module in modules {
        let (path, name) = (&module.path, module.path.to_lowercase());
        let elements: usize = module.shape.iter().product();
        let (rows, axes) = (elements / width, module.shape.len());
        match module.kind {
            Kind::Bare if rows == 1 && !name.contains("pos") => {
                tokens.push(format!("token {path} {axes} {width}"));
            }
            Kind::Bare => {
                let trained = usize::from(trained.contains(&path.as_str()));
                positions.push((
                    rows,
                    format!("positions {path} {axes} {rows} {width}"),
                    trained,
                ));
            }
            // Positions may be a table of embeddings, too.
            Kind::Matrix if !module.bias && (name.contains("pos") || !inputs.is_empty()) => {
                let rows = module.shape[0];
                positions.push((rows, format!("positions {path}.weight 2 {rows} {width}"), 1));
            }
            Kind::Matrix => inputs.push(module),
            _ => norms.push(plain(module, false)),
        }
    }
    let waves: &[&str] = match positions.is_empty() && model.says(&["sin", "position", "wave"]) {
        true => &["sinusoid 0", "sinusoid 1", "sinusoid 2", ""],
        false => &[""],
    };
    let scale = format!("scale {}", float((width as f64).sqrt()));
    let scales = match model.says(&["sqrt", "√", "scale"]) {
        true => [scale, String::new()],
        false => [String::new(), scale],
    };
    let mut all = Vec::new();
    for scale in &scales {
        for wave in waves {
            for padding in model.paddings() {
                for tokens_first in [true, false] {
                    let input = |(index, module): (usize, &&Module)| match model.input.len() {
                        2 if index == 0 => format!("embedding {} {padding}", module.path),
                        _ => plain(module, false),
                    };
                    let longer = if tokens_first { tokens.len() } else { 0 };
                    let positions = positions.iter().map(|(rows, words, trained)| {
                        format!("{words} {} {trained}", (steps + longer).min(*rows))
                    });
                    let positions: Vec<String> = positions.chain([wave.to_string()]).collect();
                    let (early, late) = if tokens_first {
                        (&tokens, &positions)
                    } else {
                        (&positions, &tokens)
                    };
                    let inputs = inputs.iter().enumerate().map(input);
                    let around = inputs
                        .chain([scale.clone()])
                        .chain(early.clone())
                        .chain(late.clone());
                    all.push(join(around.chain(norms.clone())));
                }
            }
        }
    }
    all
}
