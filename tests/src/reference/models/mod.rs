//! Whole models: a state dict loaded into a network whose sizes are open.
//!
//! What a network leaves open (sizes) follows from the state dict. Which layers there are, the state dict's names and
//! shapes tell; what comes between them, the architecture's text. What neither tells (heads, strides, what is
//! read out) is tried: the first reading that gives all of PyTorch's results is the model.

mod attentive;
mod check;
mod modules;
mod program;
mod recurrent;
mod residual;
mod sinusoid;
mod stack;
mod text;
mod written;

use super::manifest::Case;
use super::manifest::sizes;
use super::options::word;
use super::tensors::Tensors;
use check::Tried;
use modules::{Kind, Module};
use std::collections::BTreeSet;
use text::Term;

/// A model of a manifest.
pub struct Model<'a> {
    case: Case<'a>,
    tensors: Tensors,
    modules: Vec<Module>,
    /// The names of the state dict.
    state: Vec<String>,
    /// The architecture, as written and word by word.
    text: String,
    terms: Vec<Term>,
    /// The shape of the input, the batch first.
    input: Vec<usize>,
}

/// How many readings are tried.
const MOST: usize = 3000;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    let model = Model::read(case)?;
    let readings = readings(&model);
    let mut nearest: Option<Vec<String>> = None;
    let (mut least, mut refused) = (f64::INFINITY, None);
    for reading in &readings {
        match check::both(&model, word(reading)) {
            Ok(Tried::Checked(differences)) if differences.is_empty() => return Ok(Vec::new()),
            // The same outputs need not be the same model: a row of an embedding may get no gradient.
            Ok(Tried::Checked(differences)) => {
                if nearest
                    .as_ref()
                    .is_none_or(|known| differences.len() < known.len())
                {
                    nearest = Some(differences);
                }
            }
            Ok(Tried::Apart(error)) => least = least.min(error),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    match nearest {
        Some(differences) => Ok(differences),
        None if readings.is_empty() => {
            Err(format!("the architecture is not known: {}", model.text))
        }
        None => Err(format!(
            "none of {} readings of its architecture fits; eval.out differs by at least {least:.2e}{}",
            readings.len(),
            refused.map_or(String::new(), |why| format!(
                "; the first that cannot be run: {why}"
            ))
        )),
    }
}

/// What the model may be, the likeliest first. The kinds of its modules tell the family.
fn readings(model: &Model<'_>) -> Vec<String> {
    let all: Vec<String> = if model.has(|kind| kind == Kind::Encoder) {
        attentive::readings(model)
    } else if model.has(|kind| matches!(kind, Kind::Lstm { .. })) {
        recurrent::readings(model)
    } else {
        let mut all = written::readings(model);
        all.extend(residual::readings(model));
        all.extend(stack::readings(model));
        all
    };
    let mut seen = BTreeSet::new();
    let new = all
        .into_iter()
        .filter(|reading| seen.insert(reading.clone()));
    new.take(MOST).collect()
}

impl<'a> Model<'a> {
    fn read(case: &Case<'a>) -> Result<Self, String> {
        let tensors = case.tensors()?;
        let shape = |name: &&str| {
            let tensor = tensors.get(&format!("state.{name}"))?;
            Ok((name.to_string(), tensor.shape.clone()))
        };
        let state: Vec<_> = case
            .texts("state")?
            .iter()
            .map(shape)
            .collect::<Result<_, String>>()?;
        let text = case.text("architecture")?.to_owned();
        Ok(Self {
            case: *case,
            tensors,
            modules: modules::modules(&state),
            state: state.into_iter().map(|(name, _)| name).collect(),
            terms: text::terms(&text),
            text,
            input: sizes(case.value, "input")?,
        })
    }

    /// Whether there is a module of some kind.
    fn has(&self, is: impl Fn(Kind) -> bool) -> bool {
        self.modules.iter().any(|module| is(module.kind))
    }

    /// Whether the text contains one of some words.
    fn says(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    /// The functions to try where one is needed: those that the text names, then the others.
    fn functions(&self) -> Vec<String> {
        let named = self.terms.iter().filter_map(Term::function);
        let all = named.chain(text::FUNCTIONS.map(str::to_owned));
        let mut functions: Vec<String> = Vec::new();
        for function in all {
            if !functions.contains(&function) {
                functions.push(function);
            }
        }
        functions
    }

    /// Padding rows an embedding may have, plus one each; 0 is none.
    fn paddings(&self) -> Vec<usize> {
        match text::number(&self.text, &["padding_idx", "padding index", "pad_idx"]) {
            Some(row) => vec![row + 1, 0],
            None if self.says(&["pad"]) => vec![0, 1],
            None => vec![0],
        }
    }

    /// The layers between what is read out and the end: linear maps with a function between them, and norms.
    fn heads(&self, modules: &[Module]) -> Vec<String> {
        let linear = |module: &&Module| module.kind == Kind::Matrix;
        let count = modules.iter().filter(linear).count();
        let functions = match count {
            0 | 1 => vec![String::new()],
            _ => self.functions(),
        };
        let head = |function: String| {
            let mut left = count;
            let steps = modules.iter().map(|module| {
                let step = plain(module, false);
                match module.kind {
                    Kind::Matrix => {
                        left -= 1;
                        if left > 0 {
                            format!("{step} {function}")
                        } else {
                            step
                        }
                    }
                    _ => step,
                }
            });
            join(steps)
        };
        functions.into_iter().map(head).collect()
    }
}

/// The step of a module that needs nothing but its path; of images or of vectors.
fn plain(module: &Module, images: bool) -> String {
    let path = &module.path;
    match module.kind {
        Kind::Matrix => format!("linear {path} {}", module.biased()),
        Kind::BatchNorm => format!("batchnorm {path} {}", if images { 2 } else { 1 }),
        Kind::LayerNorm => format!("layernorm {path} {}", module.biased()),
        _ => format!("unknown {path}"),
    }
}

/// Steps one after the other.
fn join(steps: impl IntoIterator<Item = String>) -> String {
    let steps: Vec<String> = steps.into_iter().filter(|step| !step.is_empty()).collect();
    steps.join(" ")
}
