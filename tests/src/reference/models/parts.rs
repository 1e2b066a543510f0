//! Layers whose options are numbers that a network is built with, where those of `netdsl::layer` want
//! constants.

use netdsl::graph::cat;
use netdsl::layer::Definition;
use netdsl::prelude::*;
use netdsl::shape::{Axis, Dim, Value};

/// A number that a network was built with; 1 while that is not known.
const fn built_with(at: Scope<'_>, arg: Arg) -> usize {
    let known = match arg.value {
        Value::Int(number) if number >= 0 => Some(number as usize),
        Value::Size(dim) => at.known(dim),
        _ => None,
    };
    match known {
        Some(number) => number,
        None => 1,
    }
}

netdsl::layer! {
    /// A sequence's steps as one: 0 the mean, 1 the last, 2 the greatest elements, 3 the first.
    pub struct Readout { how = Arg::OPEN }
}

impl Readout {
    /// x: `[batch, steps, features]` → `[batch, features]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        match built_with(at, self.how) {
            0 => x.mean(-2),
            1 => x.select_index(-2, -1),
            2 => x.amax(-2),
            _ => x.select_index(-2, 0),
        }
    }
}

netdsl::layer! {
    /// An LSTM read out: as [`Readout`] says, or 4, the last hidden states of its directions.
    pub struct Reader<input_size, hidden_size> {
        layers = Arg::OPEN,
        directions = Arg::OPEN,
        how = Arg::OPEN,
    }
}

impl Reader {
    /// x: `[batch, steps, input_size]` → `[batch, features]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let both = built_with(at, self.directions) == 2;
        let lstm = Lstm {
            num_layers: Arg::int(built_with(at, self.layers)),
            bidirectional: Arg::flag(both),
            ..Lstm::BLANK
        };
        let (y, (h, _)) = lstm.sizes(self.input_size, self.hidden_size).forward(at, x);
        match (built_with(at, self.how), both) {
            (4, true) => cat([h.select_index(1, -2), h.select_index(1, -1)], -1),
            (4, false) => h.select_index(1, -1),
            _ => Readout { how: self.how }.forward(at, y),
        }
    }
}

netdsl::layer! {
    /// A transformer's encoder layer without dropout.
    pub struct Encoder<d_model> {
        feedforward = Arg::OPEN,
        heads = Arg::OPEN,
        norm_first = Arg::OPEN,
        gelu = Arg::OPEN,
    }
}

impl Encoder {
    /// x: `[batch, steps, d_model]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let layer = TransformerEncoderLayer {
            dim_feedforward: self.feedforward,
            dropout: Arg::float(0.0),
            norm_first: Arg::flag(built_with(at, self.norm_first) == 2),
            activation: Arg::word(if built_with(at, self.gelu) == 2 {
                "gelu"
            } else {
                "relu"
            }),
            ..TransformerEncoderLayer::BLANK
        };
        layer
            .sizes(self.d_model, Arg::int(built_with(at, self.heads)))
            .forward(at, x)
    }
}

netdsl::layer! {
    /// A learned vector for each step, added. With `how = 0` they are an embedding's weight, with 1 a
    /// parameter that has a batch of one, with 2 one that has none.
    pub struct Positions<steps, features> { how = Arg::OPEN }
}

impl Positions {
    /// x: `[batch, steps, features]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let (steps, features) = (
            at.size("steps", self.steps),
            at.size("features", self.features),
        );
        let own = match built_with(at, self.how) {
            0 => at.parameter("weight", &[steps.dim, features.dim], Init::Zeros),
            1 => {
                let dims = [Dim::Known(1), steps.dim, features.dim];
                let own = at.parameter("positions", &dims, Init::Zeros);
                own.view_as(&[Axis::new(steps.dim), Axis::new(features.dim)], false)
            }
            _ => at.parameter("positions", &[steps.dim, features.dim], Init::Zeros),
        };
        x.expect(-1, features, "features")
            .expect(-2, steps, "steps")
            .add(own)
    }
}

netdsl::layer! {
    /// A convolution over images: kernel, stride and padding by number.
    pub struct Squeeze<in_channels, out_channels> {
        kernel = Arg::OPEN,
        stride = Arg::OPEN,
        padding = Arg::OPEN,
    }
}

impl Squeeze {
    /// x: `[batch, in_channels, height, width]` → `[batch, out_channels, …]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let layer = Conv2d {
            stride: Arg::int(built_with(at, self.stride)),
            padding: Arg::int(built_with(at, self.padding)),
            ..Conv2d::BLANK
        };
        layer
            .sizes(
                self.in_channels,
                self.out_channels,
                Arg::int(built_with(at, self.kernel)),
            )
            .forward(at, x)
    }
}

netdsl::layer! {
    /// A transposed convolution over images: kernel, stride and paddings by number.
    pub struct Stretch<in_channels, out_channels> {
        kernel = Arg::OPEN,
        stride = Arg::OPEN,
        padding = Arg::OPEN,
        output_padding = Arg::OPEN,
    }
}

impl Stretch {
    /// x: `[batch, in_channels, height, width]` → `[batch, out_channels, …]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let (stride, extra) = (
            built_with(at, self.stride),
            built_with(at, self.output_padding),
        );
        let layer = ConvTranspose2d {
            stride: Arg::int(stride),
            padding: Arg::int(built_with(at, self.padding)),
            output_padding: Arg::int(if extra < stride { extra } else { 0 }),
            ..ConvTranspose2d::BLANK
        };
        layer
            .sizes(
                self.in_channels,
                self.out_channels,
                Arg::int(built_with(at, self.kernel)),
            )
            .forward(at, x)
    }
}

netdsl::layer! {
    /// A function: 0 none, 1 the sigmoid, 2 the hyperbolic tangent, 3 rectified, 4 GELU.
    pub struct Last { how = Arg::OPEN }
}

impl Last {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        match built_with(at, self.how) {
            0 => x,
            1 => x.sigmoid(),
            2 => x.tanh(),
            4 => x.gelu(),
            _ => x.relu(),
        }
    }
}
