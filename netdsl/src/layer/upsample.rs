//! Another resolution: `torch.nn.Upsample`.
//!
//! x: `[batch, channels, …]` → the same with other spatial sizes: `size`, or ⌊n · `scale_factor`⌋.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         wide: Upsample(scale_factor = 2),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0]]])?, array![[[1.0, 1.0, 2.0, 2.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```
//!
//! `size` may be names of the signature: back to sides that no factor gives, whatever image arrives.
//!
//! ```
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         down: Conv2d<_, 8, 3>(stride = 2, padding = 1),
//!         up: Upsample(size = [h, w], mode = "bilinear"),
//!     }
//!
//!     fn forward(image: [_, h, w]) -> [_, h, w] {
//!         cat([up(down(image)), image], 1)
//!     }
//! }
//!
//! let net = network!(Net)?;
//! for (h, w) in [(7, 9), (32, 31)] {
//!     let image = ndarray::Array4::zeros((1, 3, h, w));
//!     assert_eq!(net.forward(&image)?.shape(), [1, 11, h, w]);
//! }
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::resample::Resample;
use crate::graph::op::Resampling;
use crate::graph::{Op, Scope, Tensor};
use crate::shape::{Arg, Axis, Dim, Item, Role, Shape, Value};

crate::layer! {
    /// Signals, images or volumes in another resolution: `torch.nn.Upsample`.
    pub struct Upsample {
        /// The spatial sizes of the result: a number, or a list of numbers and names, `[h, w]`. Either this or `scale_factor`.
        size = Arg::ABSENT,
        /// What the spatial sizes are multiplied by: a number or a list.
        scale_factor = Arg::ABSENT,
        /// `"nearest"`, `"nearest-exact"` (from the middle of each element of the result), `"linear"` (signals),
        /// `"bilinear"`, `"bicubic"` (images) or `"trilinear"` (volumes).
        mode = "nearest",
        /// Whether the first and last elements of x and of the result coincide; not for the nearest element.
        align_corners = Arg::ABSENT,
        /// Take positions from the sizes of x and of the result, not from `scale_factor`.
        recompute_scale_factor = Arg::ABSENT,
    }
}

const MODES: &str =
    "\"nearest\", \"nearest-exact\", \"linear\", \"bilinear\", \"bicubic\" or \"trilinear\"";
const WORDS: [&str; 6] = [
    "nearest",
    "nearest-exact",
    "linear",
    "bilinear",
    "bicubic",
    "trilinear",
];

impl Upsample {
    /// x: `[batch, channels, …]` → the same with other spatial sizes
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let mode = at.choice("mode", self.mode, &WORDS, MODES);
        let recompute = self.flag(at, "recompute_scale_factor", self.recompute_scale_factor);
        let align_corners = self.flag(at, "align_corners", self.align_corners);
        if mode < 2 && !self.align_corners.is_absent() {
            at.option_fault(
                "align_corners",
                "a value only with linear and cubic modes",
                self.align_corners,
            );
        }
        let (wanted, words): (&[usize], _) = match mode {
            0 | 1 => (
                &[3, 4, 5],
                "signals, images or volumes with channels and a batch",
            ),
            2 => (&[3], "signals [channels, length] and a batch"),
            3 | 4 => (&[4], "images [channels, height, width] and a batch"),
            _ => (&[5], "volumes [channels, depth, height, width] and a batch"),
        };
        if !x.expect_rank(wanted, words, "") {
            return x.unknown();
        }
        let rank = x.shape().rank() - 2;
        let (sizes, scales) = (self.targets(at, rank), self.factors(at, rank));
        if self.size.is_absent() == self.scale_factor.is_absent() {
            at.option_fault("size", "a value, unless `scale_factor` has one", self.size);
            return x.unknown();
        }
        let (mut shape, mut i) = (*x.shape(), 0);
        while i < rank {
            let dim = match sizes[i] {
                Some(dim) => dim,
                None => scaled(at, x.shape().axis(2 + i).dim, scales[i]),
            };
            shape = shape.with_axis(
                2 + i,
                Axis {
                    dim,
                    role: Role::Space,
                    from: at.trace().current(),
                },
            );
            i += 1;
        }
        let scales = if recompute { [None; 3] } else { scales };
        let how = Resampling {
            rank: rank as u8,
            mode: match mode {
                0 => Resample::Nearest,
                1 => Resample::NearestExact,
                4 => Resample::Cubic { align_corners },
                _ => Resample::Linear { align_corners },
            },
            scales,
        };
        x.record(Op::Resample(how), described(shape))
    }

    const fn flag(&self, at: Scope<'_>, name: &'static str, arg: Arg) -> bool {
        !arg.is_absent() && at.flag(name, arg)
    }

    const fn targets(&self, at: Scope<'_>, rank: usize) -> [Option<Dim>; 3] {
        let mut sizes = [None; 3];
        let mut i = 0;
        while i < rank {
            sizes[i] = match self.size.value {
                Value::Absent => None,
                Value::List(items, count) if count == rank || count == 1 => {
                    match items[if count == 1 { 0 } else { i }] {
                        Item::Int(size) if size > 0 => Some(Dim::Known(size as usize)),
                        Item::Size(dim) => Some(dim),
                        _ => {
                            at.option_fault("size", "whole numbers above 0", self.size);
                            Some(Dim::Known(1))
                        }
                    }
                }
                Value::List(..) => {
                    at.option_fault("size", "one number, or one for each axis", self.size);
                    Some(Dim::Known(1))
                }
                Value::Size(dim) => Some(dim),
                _ => Some(Dim::Known(at.positive("size", self.size))),
            };
            i += 1;
        }
        sizes
    }

    const fn factors(&self, at: Scope<'_>, rank: usize) -> [Option<f64>; 3] {
        let mut scales = [None; 3];
        let mut i = 0;
        while i < rank {
            scales[i] = match self.scale_factor.value {
                Value::Absent => None,
                Value::List(items, count) if count == rank || count == 1 => {
                    match items[if count == 1 { 0 } else { i }] {
                        Item::Int(scale) => Some(scale as f64),
                        Item::Float(scale) => Some(scale),
                        Item::Size(Dim::Known(scale)) => Some(scale as f64),
                        _ => Some(0.0),
                    }
                }
                Value::List(..) => {
                    at.option_fault(
                        "scale_factor",
                        "one number, or one for each axis",
                        self.scale_factor,
                    );
                    Some(1.0)
                }
                _ => Some(at.number("scale_factor", self.scale_factor)),
            };
            if let Some(scale) = scales[i]
                && (scale <= 0.0 || scale.is_nan())
            {
                at.option_fault("scale_factor", "numbers above 0", self.scale_factor);
                scales[i] = Some(1.0);
            }
            i += 1;
        }
        scales
    }
}

/// ⌊size · scale⌋. Where the scale is a whole number, the size follows from the result too.
const fn scaled(at: Scope<'_>, dim: Dim, scale: Option<f64>) -> Dim {
    let Some(scale) = scale else { return dim };
    let whole = scale as usize;
    if whole as f64 == scale {
        return at.multiplied(dim, whole);
    }
    let size = match at.known(dim) {
        Some(size) => Some((size as f64 * scale) as usize),
        None => None,
    };
    at.derived(&[dim], size)
}

/// The axis of channels marked as such.
const fn described(shape: Shape) -> Shape {
    shape.with_axis(
        1,
        Axis {
            role: Role::Channel,
            ..shape.axis(1)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Size;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};

    #[test]
    fn sizes_are_given_or_scaled() {
        let (shape, faults) = at_compile_time!([[-1, 2, 5, -1]], |at, x| {
            Upsample {
                scale_factor: Arg::float(1.5),
                ..Upsample::BLANK
            }
            .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 2, 7, -1], 0));
        let factors = Arg::list(&[Arg::float(2.0), Arg::float(1.0)]);
        let linear = Upsample {
            align_corners: Arg::flag(false),
            ..Upsample::BLANK
        };
        let cases: [(Upsample, &[i64], &[i64]); 6] = [
            (
                Upsample {
                    size: Arg::int(12),
                    ..Upsample::BLANK
                },
                &[0, 2, 4],
                &[0, 2, 12],
            ),
            (
                Upsample {
                    size: Arg::sizes(&[12]),
                    ..Upsample::BLANK
                },
                &[1, 2, 3],
                &[1, 2, 12],
            ),
            (
                Upsample {
                    size: Arg::int(12),
                    mode: Arg::word("linear"),
                    ..linear
                },
                &[1, 2, 4],
                &[1, 2, 12],
            ),
            (
                Upsample {
                    scale_factor: factors,
                    mode: Arg::word("bilinear"),
                    ..linear
                },
                &[1, 2, 4, 4],
                &[1, 2, 8, 4],
            ),
            (
                Upsample {
                    scale_factor: Arg::float(4.0),
                    ..Upsample::BLANK
                },
                &[1, 2, 4, 4, 4],
                &[1, 2, 16, 16, 16],
            ),
            (
                Upsample {
                    size: Arg::sizes(&[4, 6]),
                    ..Upsample::BLANK
                },
                &[1, 2, 4, 4],
                &[1, 2, 4, 6],
            ),
        ];
        for (layer, input, output) in cases {
            let outcome = run(true, &[Given::Raw(input)], |at, x| {
                vec![layer.forward(at, x[0])]
            });
            assert_eq!(
                (outcome.outputs, outcome.faults.len()),
                (vec![output.to_vec()], 0)
            );
        }
    }

    #[test]
    fn whole_scales_flow_back() {
        let outcome = run(true, &[Given::Batched(&[2, 3, -1])], |at, x| {
            let layer = Upsample {
                scale_factor: Arg::int(4),
                ..Upsample::BLANK
            };
            vec![
                layer
                    .forward(at, x[0])
                    .expect(-1, Size::of(Dim::Known(12)), "length"),
            ]
        });
        assert_eq!(outcome.inputs, [[2, 3, 3]]);
    }

    #[test]
    fn either_size_or_scale() {
        let both = Upsample {
            size: Arg::int(2),
            scale_factor: Arg::int(2),
            ..Upsample::BLANK
        };
        for layer in [Upsample::BLANK, both] {
            let outcome = run(true, &[Given::Raw(&[1, 2, 3])], |at, x| {
                vec![layer.forward(at, x[0])]
            });
            assert_eq!(outcome.faults.len(), 1);
        }
    }
}
