//! LSTM classifiers, of tokens or of vectors.

use super::modules::Kind;
use super::{Model, join, plain};

/// What may be read out: what the LSTM gives, and what becomes of it; and words that say so.
const READOUTS: [(&str, &str, &[&str]); 8] = [
    ("hidden", "", &["hidden", "h_n", "hn", "final state"]),
    (
        "output",
        "last",
        &["last step", "last output", "last time", "final step"],
    ),
    ("output", "mean", &["mean", "average", "avg"]),
    ("output", "max", &["max"]),
    ("output", "sum", &["sum"]),
    ("output", "first", &["first"]),
    ("cell", "", &["cell", "c_n"]),
    ("top", "", &[]),
];

/// The networks that modules with an LSTM may be.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let is_lstm = |kind: Kind| matches!(kind, Kind::Lstm { .. });
    let Some(place) = model.modules.iter().position(|module| is_lstm(module.kind)) else {
        return Vec::new();
    };
    let lstm = &model.modules[place];
    let Kind::Lstm { layers, directions } = lstm.kind else {
        return Vec::new();
    };
    let mut readouts = READOUTS;
    readouts.sort_by_key(|(.., words)| !model.says(words));
    let tokens = model.input.len() == 2;
    let befores = model.paddings().into_iter().map(|padding| {
        let modules = &model.modules[..place];
        join(
            modules
                .iter()
                .enumerate()
                .map(|(index, module)| match (index, module.kind) {
                    (0, Kind::Matrix) if tokens => format!("embedding {} {padding}", module.path),
                    _ => plain(module, false),
                }),
        )
    });
    let heads = model.heads(&model.modules[place + 1..]);
    let mut readings = Vec::new();
    for before in befores {
        for (output, readout, _) in readouts {
            for head in &heads {
                let (path, bias) = (&lstm.path, lstm.biased());
                readings.push(join([
                    before.clone(),
                    format!("lstm {path} {bias} {layers} {directions} {output}"),
                    readout.to_owned(),
                    head.clone(),
                ]));
            }
        }
    }
    readings
}
