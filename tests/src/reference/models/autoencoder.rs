//! Convolutional autoencoders.

use super::check::reading;
use super::parts::{Last, Squeeze, Stretch};
use super::{Model, Reading};
use netdsl::prelude::*;

network! {
    /// A convolution, rectified, and pooled if it does not make images smaller itself.
    pub struct Encode<kernel, stride, padding, pools> {
        conv: Squeeze<_, _>(kernel = kernel, stride = stride, padding = padding),
        relu: Relu,
        pool: [MaxPool2d<2>; pools],
    }
}

network! {
    /// A transposed convolution, rectified.
    pub struct Decode<kernel, stride, padding, more> {
        conv: Stretch<_, _>(kernel = kernel, stride = stride, padding = padding, output_padding = more),
        relu: Relu,
    }
}

network! {
    /// Convolutions, and as many transposed ones.
    #[loaded]
    pub struct Autoencoder<downs, kernel, stride, padding, pools, ups, wide, margin, more, last> {
        encoder: [Encode<kernel, stride, padding, pools>; downs],
        decoder: [Decode<wide, 2, margin, more>; ups],
        out: Stretch<_, _>(kernel = wide, stride = 2, padding = margin, output_padding = more),
        end: Last(how = last),
    }
}

/// The networks that an autoencoder may be: half of its convolutions are transposed.
pub fn readings(model: &Model<'_>) -> Vec<Reading> {
    let weights = model.weights(4);
    let kernel = weights.first().map_or(1, |shape| shape[3]);
    let wide = weights.last().map_or(1, |shape| shape[3]);
    let downs = weights.len() / 2;
    let ups = downs.saturating_sub(1);
    let (margin, more) = ((wide.saturating_sub(1)) / 2, wide % 2);
    let mut readings = Vec::new();
    for (stride, pools) in [(2usize, 0usize), (1, 1)] {
        let padding = (kernel - 1) / 2;
        for last in [1usize, 0, 2, 3] {
            readings.push(reading!(Autoencoder<downs, kernel, stride, padding, pools, ups, wide, margin, more, last>));
        }
    }
    readings
}
