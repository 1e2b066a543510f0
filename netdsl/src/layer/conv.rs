//! Convolutions: `torch.nn.Conv1d`, `Conv2d` and `Conv3d`.
//!
//! x: `[batch, in_channels, …]` → `[batch, out_channels, …]`, each sliding axis of n elements
//! becoming ⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         conv: Conv1d<1, 1, 2>(bias = false),
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! net.initialize("*", Init::Ones)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0, 4.0]]])?, array![[[3.0, 6.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Convolution, PadMode};
use crate::graph::{Divisor, Scope, Size, Tensor};
use crate::init::Init;
use crate::shape::rule::Window;
use crate::shape::{Arg, Dim, Value};

macro_rules! convolution {
    ($(#[$meta:meta])* $name:ident, $rank:literal) => {
        crate::layer! {
            $(#[$meta])*
            ///
            /// Parameters: `weight [out_channels, in_channels / groups, …kernel_size]`,
            /// `bias [out_channels]`, both from U(−k, k) with k = 1/√(in_channels / groups · taps).
            pub struct $name<in_channels, out_channels, kernel_size> {
                /// Distance between windows.
                stride = 1usize,
                /// Elements added on both sides: a number, one for each axis, `"same"` or `"valid"`.
                padding = 0usize,
                /// Distance between the taps of the kernel.
                dilation = 1usize,
                /// Groups of channels that do not see each other: a number, or a size such as that of the channels.
                groups = 1usize,
                /// Whether to add a bias.
                bias = true,
                /// What is added: `"zeros"`, `"reflect"`, `"replicate"` or `"circular"`.
                padding_mode = "zeros",
            }
        }

        impl $name {
            /// x: `[batch, in_channels, …]` → `[batch, out_channels, …]`
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                let groups = at.divisor("groups", self.groups);
                let in_channels = at.size("in_channels", self.in_channels).divided_by(groups);
                let out_channels = at.size("out_channels", self.out_channels);
                let kernel = at.positive_per_axis("kernel_size", self.kernel_size, $rank);
                let stride = at.positive_per_axis("stride", self.stride, $rank);
                let dilation = at.positive_per_axis("dilation", self.dilation, $rank);
                let windows = windows(at, $rank, kernel, stride, dilation, self.padding);
                let (weight, bias) = parameters(at, $rank, in_channels, out_channels, groups, kernel, self.bias);
                let x = x.expect_channels($rank, in_channels);
                let groups = at.number_of(groups.dim);
                match pad_mode(at, self.padding_mode) {
                    PadMode::Constant(_) => {
                        x.convolve(weight, bias, Convolution { rank: $rank, windows, groups })
                    }
                    mode => {
                        let (bare, low, high) = unpadded(windows);
                        let x = x.padded($rank, low, high, mode);
                        x.convolve(weight, bias, Convolution { rank: $rank, windows: bare, groups })
                    }
                }
            }
        }
    };
}

convolution! {
    /// A convolution over signals `[channels, length]`: `torch.nn.Conv1d`.
    Conv1d, 1
}
convolution! {
    /// A convolution over images `[channels, height, width]`: `torch.nn.Conv2d`.
    Conv2d, 2
}
convolution! {
    /// A convolution over volumes `[channels, depth, height, width]`: `torch.nn.Conv3d`.
    Conv3d, 3
}

const PADDINGS: &str = "a number, one for each axis, \"same\" or \"valid\"";
const MODES: &str = "\"zeros\", \"reflect\", \"replicate\" or \"circular\"";

/// The windows along each axis. `"same"` puts the odd one of an uneven padding at the end, as PyTorch.
const fn windows(
    at: Scope<'_>,
    rank: usize,
    kernel: [usize; 3],
    stride: [usize; 3],
    dilation: [usize; 3],
    padding: Arg,
) -> [Window; 3] {
    let mut windows = [Window {
        kernel: 1,
        stride: 1,
        low: 0,
        high: 0,
        dilation: 1,
    }; 3];
    let words = ["valid", "same"];
    let word = match padding.value {
        Value::Word(_) => Some(at.choice("padding", padding, &words, PADDINGS)),
        _ if at.unquoted(padding, &words).is_some() => {
            Some(at.choice("padding", padding, &words, PADDINGS))
        }
        _ => None,
    };
    let numbers = if word.is_some() {
        [0; 3]
    } else {
        at.per_axis("padding", padding, rank)
    };
    let same = matches!(word, Some(1));
    let mut i = 0;
    while i < rank {
        let (mut low, mut high) = (numbers[i], numbers[i]);
        if same {
            let total = dilation[i].saturating_mul(kernel[i].saturating_sub(1));
            low = total / 2;
            high = total - low;
            if stride[i] != 1 {
                at.option_fault("padding", "\"same\" only with `stride = 1`", padding);
            }
        }
        windows[i] = Window {
            kernel: kernel[i],
            stride: stride[i],
            low,
            high,
            dilation: dilation[i],
        };
        i += 1;
    }
    windows
}

const fn parameters<'t>(
    at: Scope<'t>,
    rank: usize,
    in_channels: Size,
    out_channels: Size,
    groups: Divisor,
    kernel: [usize; 3],
    bias: Arg,
) -> (Tensor<'t>, Option<Tensor<'t>>) {
    let per_group = at.divided("in_channels", in_channels, groups.also(out_channels));
    at.divided("out_channels", out_channels, groups.also(in_channels));
    let (mut dims, mut taps, mut i) = ([Dim::Known(1); 5], 1usize, 0);
    dims[0] = out_channels.dim;
    dims[1] = per_group;
    while i < rank {
        dims[2 + i] = Dim::Known(kernel[i]);
        taps = taps.saturating_mul(kernel[i]);
        i += 1;
    }
    let (dims, _) = dims.split_at(2 + rank);
    let weight = at.parameter("weight", dims, Init::FanInUniform);
    // A weight that exists settles the channels before the input is looked at.
    at.learn_divided("in_channels", in_channels, groups, per_group);
    if !at.flag("bias", bias) {
        return (weight, None);
    }
    let fan = at.product(&[per_group, Dim::Known(taps)]);
    (
        weight,
        Some(at.parameter_with_fan("bias", &[out_channels.dim], fan)),
    )
}

const fn pad_mode(at: Scope<'_>, arg: Arg) -> PadMode {
    match at.choice(
        "padding_mode",
        arg,
        &["zeros", "reflect", "replicate", "circular"],
        MODES,
    ) {
        0 => PadMode::Constant(0.0),
        1 => PadMode::Reflect,
        2 => PadMode::Replicate,
        _ => PadMode::Circular,
    }
}

/// The same windows without padding, and the padding.
const fn unpadded(mut windows: [Window; 3]) -> ([Window; 3], [usize; 3], [usize; 3]) {
    let (mut low, mut high, mut i) = ([0; 3], [0; 3], 0);
    while i < 3 {
        low[i] = windows[i].low;
        high[i] = windows[i].high;
        windows[i].low = 0;
        windows[i].high = 0;
        i += 1;
    }
    (windows, low, high)
}
