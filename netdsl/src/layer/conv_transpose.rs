//! Transposed convolutions: `torch.nn.ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`.
//!
//! x: `[batch, in_channels, …]` → `[batch, out_channels, …]`, each sliding axis of n elements
//! becoming (n − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         conv: ConvTranspose1d<1, 1, 2>(stride = 2, bias = false),
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! net.initialize("*", Init::Ones)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0]]])?, array![[[1.0, 1.0, 2.0, 2.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::Convolution;
use crate::graph::{Divisor, Scope, Size, Tensor};
use crate::init::Init;
use crate::shape::rule::Window;
use crate::shape::{Arg, Dim};

macro_rules! transposed {
    ($(#[$meta:meta])* $name:ident, $rank:literal) => {
        crate::layer! {
            $(#[$meta])*
            ///
            /// Parameters: `weight [in_channels, out_channels / groups, …kernel_size]`,
            /// `bias [out_channels]`, both from U(−k, k) with k = 1/√(out_channels / groups · taps).
            pub struct $name<in_channels, out_channels, kernel_size> {
                /// Distance between the windows that the elements of x are spread over.
                stride = 1usize,
                /// Elements cut off on both sides.
                padding = 0usize,
                /// Elements added at the end of the result.
                output_padding = 0usize,
                /// Groups of channels that do not see each other: a number, or a size such as that of the channels.
                groups = 1usize,
                /// Whether to add a bias.
                bias = true,
                /// Distance between the taps of the kernel.
                dilation = 1usize,
                /// `"zeros"`: there are no other transposed convolutions.
                padding_mode = "zeros",
            }
        }

        impl $name {
            /// x: `[batch, in_channels, …]` → `[batch, out_channels, …]`
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                let output_padding = at.per_axis("output_padding", self.output_padding, $rank);
                let stride = at.positive_per_axis("stride", self.stride, $rank);
                let padding = at.per_axis("padding", self.padding, $rank);
                let dilation = at.positive_per_axis("dilation", self.dilation, $rank);
                let kernel = at.positive_per_axis("kernel_size", self.kernel_size, $rank);
                let mut windows = [NO_WINDOW; 3];
                let mut i = 0;
                while i < $rank {
                    if output_padding[i] >= stride[i] && output_padding[i] >= dilation[i] {
                        at.option_fault("output_padding", "less than `stride` or `dilation`", self.output_padding);
                    }
                    windows[i] = Window {
                        kernel: kernel[i],
                        stride: stride[i],
                        low: padding[i],
                        high: padding[i],
                        dilation: dilation[i],
                    };
                    i += 1;
                }
                at.choice("padding_mode", self.padding_mode, &["zeros"], "\"zeros\"");
                let groups = at.divisor("groups", self.groups);
                let channels = (
                    at.size("in_channels", self.in_channels).divided_by(groups),
                    at.size("out_channels", self.out_channels),
                );
                let how = Convolution { rank: $rank, windows, groups: 1 };
                transposed(at, x, channels, groups, how, output_padding, self.bias)
            }
        }
    };
}

transposed! {
    /// A transposed convolution over signals `[channels, length]`: `torch.nn.ConvTranspose1d`.
    ConvTranspose1d, 1
}
transposed! {
    /// A transposed convolution over images `[channels, height, width]`:
    /// `torch.nn.ConvTranspose2d`.
    ConvTranspose2d, 2
}
transposed! {
    /// A transposed convolution over volumes `[channels, depth, height, width]`:
    /// `torch.nn.ConvTranspose3d`.
    ConvTranspose3d, 3
}

const NO_WINDOW: Window = Window {
    kernel: 1,
    stride: 1,
    low: 0,
    high: 0,
    dilation: 1,
};

const fn transposed<'t>(
    at: Scope<'t>,
    x: Tensor<'t>,
    (in_channels, out_channels): (Size, Size),
    groups: Divisor,
    how: Convolution,
    output_padding: [usize; 3],
    bias: Arg,
) -> Tensor<'t> {
    let rank = how.rank as usize;
    at.divided("in_channels", in_channels, groups.also(out_channels));
    let per_group = at.divided("out_channels", out_channels, groups.also(in_channels));
    let (mut dims, mut taps, mut i) = ([Dim::Known(1); 5], 1usize, 0);
    dims[0] = in_channels.dim;
    dims[1] = per_group;
    while i < rank {
        dims[2 + i] = Dim::Known(how.windows[i].kernel);
        taps = taps.saturating_mul(how.windows[i].kernel);
        i += 1;
    }
    let (dims, _) = dims.split_at(2 + rank);
    let weight = at.parameter("weight", dims, Init::FanInUniform);
    at.learn_divided("out_channels", out_channels, groups, per_group);
    let fan = at.product(&[per_group, Dim::Known(taps)]);
    let bias = if at.flag("bias", bias) {
        Some(at.parameter_with_fan("bias", &[out_channels.dim], fan))
    } else {
        None
    };
    let x = x.expect_channels(rank, in_channels);
    // Without a batch, PyTorch's unbatched form: one sample.
    let single = !x.shape().open && x.shape().rank() == rank + 1;
    let batch = if single { x.with_first_axis() } else { x };
    let how = Convolution {
        groups: at.number_of(groups.dim),
        ..how
    };
    let y = batch.convolve_transposed(weight, out_channels.dim, how, output_padding);
    let y = match bias {
        Some(bias) if !y.shape().open => y.add_channels(bias),
        _ => y,
    };
    if single { y.without_first_axis() } else { y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};

    fn up(channels: (Arg, Arg)) -> ConvTranspose2d {
        let layer = ConvTranspose2d {
            stride: Arg::int(2),
            groups: Arg::int(2),
            ..ConvTranspose2d::BLANK
        };
        layer.sizes(channels.0, channels.1, Arg::int(3))
    }

    #[test]
    fn images_grow() {
        let (shape, faults) = at_compile_time!([[-1, 8, 5, -1]], |at, x| {
            let layer = ConvTranspose2d {
                stride: Arg::int(2),
                ..ConvTranspose2d::BLANK
            };
            layer
                .sizes(Arg::OPEN, Arg::int(4), Arg::int(2))
                .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 4, 10, -1], 0));
        for given in [Given::Batched(&[2, 4, 4, 3]), Given::Raw(&[2, 4, 4, 3])] {
            let outcome = run(true, &[given], |at, x| {
                let layer = ConvTranspose2d {
                    stride: Arg::sizes(&[2, 3]),
                    padding: Arg::sizes(&[1, 0]),
                    output_padding: Arg::sizes(&[1, 2]),
                    groups: Arg::int(2),
                    dilation: Arg::sizes(&[1, 2]),
                    ..ConvTranspose2d::BLANK
                };
                vec![
                    layer
                        .sizes(Arg::OPEN, Arg::int(6), Arg::sizes(&[3, 2]))
                        .forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.outputs, [[2, 6, 8, 11]]);
            assert_eq!(outcome.listing(), ["weight [4, 3, 3, 2]", "bias [6]"]);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn one_sample_needs_no_batch() {
        let outcome = run(true, &[Given::Raw(&[4, 5, 6])], |at, x| {
            vec![up((Arg::OPEN, Arg::int(6))).forward(at, x[0])]
        });
        assert_eq!(outcome.outputs, [[6, 11, 13]]);
    }

    #[test]
    fn sizes_follow_from_the_result() {
        let outcome = run(true, &[Given::Batched(&[2, 4, -1, -1])], |at, x| {
            let mut y = up((Arg::OPEN, Arg::OPEN)).forward(at, x[0]);
            for (dim, size) in [(-1, 13), (-2, 11), (-3, 6)] {
                y = y.expect(dim, Size::of(Dim::Known(size)), "size");
            }
            vec![y]
        });
        assert_eq!(outcome.inputs, [[2, 4, 5, 6]]);
        assert_eq!(outcome.listing(), ["weight [4, 3, 3, 3]", "bias [6]"]);
    }

    #[test]
    fn output_padding_has_a_limit() {
        let outcome = run(true, &[Given::Batched(&[2, 4, 5, 5])], |at, x| {
            let layer = ConvTranspose2d {
                output_padding: Arg::int(1),
                ..ConvTranspose2d::BLANK
            };
            vec![
                layer
                    .sizes(Arg::OPEN, Arg::int(6), Arg::int(3))
                    .forward(at, x[0]),
            ]
        });
        assert!(!outcome.faults.is_empty());
    }
}
