//! Whole models: a state dict loaded into networks that are declared with `_`.
//!
//! What a network leaves open (sizes) follows from the state dict. What a state dict does not tell
//! (heads, strides, what is read out) is looked for in the architecture's text; what the text does not
//! tell either is tried, and the reading that gives PyTorch's results in evaluation is then checked
//! in full.

mod autoencoder;
mod check;
mod convolutional;
mod dense;
mod names;
mod parts;
mod residual;
mod sequence;

use super::manifest::Case;
use super::tensors::Tensors;
use check::Tried;

/// A model of a manifest.
pub struct Model<'a> {
    case: Case<'a>,
    tensors: Tensors,
    /// The names of the state dict, in order, with their shapes.
    state: Vec<(String, Vec<usize>)>,
    text: String,
}

/// One way to read an architecture: a network that may be it.
type Reading = Box<dyn Fn(&Model<'_>) -> Result<Tried, String>>;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    let tensors = case.tensors()?;
    let shape = |name: &&str| {
        Ok((
            name.to_string(),
            tensors.get(&format!("state.{name}"))?.shape.clone(),
        ))
    };
    let state = case
        .texts("state")?
        .iter()
        .map(shape)
        .collect::<Result<_, String>>()?;
    let text = format!("{} {}", case.id(), case.text("architecture")?).to_lowercase();
    let model = Model {
        case: *case,
        tensors,
        state,
        text,
    };
    let readings = readings(&model)?;
    let mut nearest: Option<(f64, String)> = None;
    for reading in &readings {
        let (distance, why) = match reading(&model) {
            Ok(Tried::Checked(differences)) => return Ok(differences),
            Ok(Tried::Apart(error)) => (error, format!("eval.out differs by {error:.2e}")),
            Err(why) => (f64::INFINITY, why),
        };
        if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
            nearest = Some((distance, why));
        }
    }
    let (_, why) = nearest.ok_or("there is no reading of its architecture")?;
    Err(format!(
        "none of {} readings of its architecture fits; nearest: {why}",
        readings.len()
    ))
}

/// The networks that an architecture may be.
fn readings(model: &Model<'_>) -> Result<Vec<Reading>, String> {
    let says = |words: &[&str]| words.iter().any(|word| model.text.contains(word));
    Ok(if says(&["resnet", "residual", "basicblock"]) {
        residual::readings(model)
    } else if says(&["transformer", "attention", "encoderlayer"]) {
        sequence::attentive(model)
    } else if says(&["lstm"]) {
        sequence::recurrent(model)
    } else if says(&["autoencoder", "convtranspose", "deconv"]) {
        autoencoder::readings(model)
    } else if says(&["conv"]) {
        convolutional::readings()
    } else if says(&["mlp", "linear", "fc"]) {
        dense::readings(model)
    } else {
        return Err(format!(
            "the architecture is not known: {}",
            model.case.text("architecture")?
        ));
    })
}

impl Model<'_> {
    /// The shapes of the weights with so many axes, in order.
    fn weights(&self, axes: usize) -> Vec<&[usize]> {
        let weights = self
            .state
            .iter()
            .filter(|(name, shape)| name.ends_with("weight") && shape.len() == axes);
        weights.map(|(_, shape)| shape.as_slice()).collect()
    }

    /// Whether a name of the state dict contains a text.
    fn has(&self, part: &str) -> bool {
        self.state.iter().any(|(name, _)| name.contains(part))
    }

    /// How many names of the state dict end so.
    fn count(&self, end: &str) -> usize {
        self.state
            .iter()
            .filter(|(name, _)| name.ends_with(end))
            .count()
    }
}
