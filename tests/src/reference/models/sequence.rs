//! Classifiers of sequences: LSTMs and transformers' encoders, of tokens or of vectors.

use super::check::reading;
use super::parts::{Encoder, Positions, Reader, Readout};
use super::{Model, Reading};
use netdsl::prelude::*;

network! {
    /// Tokens through an LSTM.
    #[loaded]
    pub struct TokenLstm<layers, directions, how> {
        embedding: Embedding<_, _>,
        lstm: Reader<_, _>(layers = layers, directions = directions, how = how),
        fc: Linear<_, _>,
    }
}

network! {
    /// Vectors through an LSTM.
    #[loaded]
    pub struct VectorLstm<layers, directions, how> {
        lstm: Reader<_, _>(layers = layers, directions = directions, how = how),
        fc: Linear<_, _>,
    }
}

/// The networks that an LSTM classifier may be.
pub fn recurrent(model: &Model<'_>) -> Vec<Reading> {
    let directions = if model.has("_reverse") { 2 } else { 1 };
    let layers = model
        .state
        .iter()
        .filter(|(name, _)| name.contains("weight_ih_l") && !name.ends_with("_reverse"))
        .count();
    let recurrent = |(name, _): &&(String, Vec<usize>)| name.contains("_ih_l");
    let tokens = !model.state.first().iter().any(recurrent);
    let mut readings = Vec::new();
    for how in [4usize, 1, 0, 2, 3] {
        readings.push(if tokens {
            reading!(TokenLstm<layers, directions, how>)
        } else {
            reading!(VectorLstm<layers, directions, how>)
        });
    }
    readings
}

network! {
    /// Tokens through a transformer's encoder.
    #[loaded]
    pub struct TokenTransformer<positioned, kept, depth, norms, heads, norm_first, gelu, how> {
        embedding: Embedding<_, _>,
        positions: [Positions<_, _>(how = kept); positioned],
        layers: [Encoder<_>(heads = heads, norm_first = norm_first, gelu = gelu); depth],
        norm: [LayerNorm<_>; norms],
        readout: Readout(how = how),
        fc: Linear<_, _>,
    }
}

network! {
    /// Vectors through a transformer's encoder.
    #[loaded]
    pub struct VectorTransformer<positioned, kept, depth, norms, heads, norm_first, gelu, how> {
        embedding: Linear<_, _>,
        positions: [Positions<_, _>(how = kept); positioned],
        layers: [Encoder<_>(heads = heads, norm_first = norm_first, gelu = gelu); depth],
        norm: [LayerNorm<_>; norms],
        readout: Readout(how = how),
        fc: Linear<_, _>,
    }
}

/// The networks that a transformer's encoder with a classifier may be.
pub fn attentive(model: &Model<'_>) -> Vec<Reading> {
    let count = model.count("in_proj_weight");
    let norms = usize::from(model.weights(1).len() > 2 * count);
    let before: Vec<&(String, Vec<usize>)> = model
        .state
        .iter()
        .take_while(|(name, _)| !name.contains("in_proj"))
        .collect();
    let vectors = before.iter().any(|(name, _)| name.ends_with("bias"));
    let parameter = before
        .iter()
        .find(|(name, _)| !name.ends_with("weight") && !name.ends_with("bias"));
    let tables = before.iter().filter(|(_, shape)| shape.len() == 2).count();
    let (positioned, kept) = match parameter {
        Some((_, shape)) => (1usize, if shape.len() == 3 { 1usize } else { 2 }),
        None => (usize::from(tables > 1), 0),
    };
    let width = model
        .state
        .iter()
        .find(|(name, _)| name.ends_with("in_proj_weight"))
        .map_or(1, |(_, shape)| shape[1]);
    let firsts: &[usize] =
        if model.text.contains("norm_first=false") || model.text.contains("post-norm") {
            &[1]
        } else {
            &[1, 2]
        };
    let mut readings = Vec::new();
    for heads in [4usize, 2, 8, 1, 3, 6, 16, 5, 7, 9, 10, 12, 32]
        .into_iter()
        .filter(|heads| width % heads == 0)
    {
        for &norm_first in firsts {
            for gelu in [1usize, 2] {
                for how in [0usize, 3, 1, 2] {
                    readings.push(if vectors {
                        reading!(VectorTransformer<positioned, kept, count, norms, heads, norm_first, gelu, how>)
                    } else {
                        reading!(TokenTransformer<positioned, kept, count, norms, heads, norm_first, gelu, how>)
                    });
                }
            }
        }
    }
    readings
}
