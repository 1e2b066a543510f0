//! An initialiser together with a shape: numbers worked out and checked, ready to draw.

use crate::Element;

use super::stream::{CHUNK, Stream};
use super::{FanMode, Init, InitError, fan_in_and_out};
use super::{normal, orthogonal, pattern, uniform};

/// What is left of an [`Init`] once the shape is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Law<'a> {
    Constant(f64),
    Uniform {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        std: f64,
    },
    /// N(0, 1), and 0 from one element up to another.
    Gap {
        start: usize,
        end: usize,
    },
    TruncNormal {
        mean: f64,
        std: f64,
        a: f64,
        b: f64,
    },
    Orthogonal {
        gain: f64,
        rows: usize,
        cols: usize,
    },
    Eye {
        cols: usize,
    },
    Dirac {
        groups: usize,
        shape: &'a [usize],
    },
    Sparse {
        sparsity: f64,
        std: f64,
        cols: usize,
    },
    /// What a function gave: all elements.
    Values(&'a [f64]),
}

impl Law<'_> {
    /// Whether chunks of the array can be drawn apart.
    pub(super) fn is_divisible(&self) -> bool {
        matches!(
            self,
            Self::Constant(_)
                | Self::Uniform { .. }
                | Self::Normal { .. }
                | Self::Gap { .. }
                | Self::TruncNormal { .. }
        )
    }

    /// Draws chunk `chunk`, or the whole of an indivisible array.
    pub(super) fn fill<E: Element>(self, stream: Stream, chunk: u64, out: &mut [E]) {
        match self {
            Self::Constant(value) => out.fill(E::from_f64(value)),
            Self::Uniform { low, high } => uniform::fill(low, high, stream.generator(chunk), out),
            Self::Normal { mean, std } => normal::fill(mean, std, stream.generator(chunk), out),
            Self::Gap { start, end } => {
                normal::fill(0.0, 1.0, stream.generator(chunk), out);
                let first = chunk as usize * CHUNK;
                let within = |at: usize| at.saturating_sub(first).min(out.len());
                let gap = within(start)..within(end);
                out[gap].fill(E::ZERO);
            }
            Self::TruncNormal { mean, std, a, b } => {
                normal::fill_truncated((mean, std, a, b), stream.generator(chunk), out);
            }
            Self::Orthogonal { gain, rows, cols } => {
                orthogonal::fill(gain, rows, cols, stream, out)
            }
            Self::Eye { cols } => pattern::eye(cols, out),
            Self::Dirac { groups, shape } => pattern::dirac(groups, shape, out),
            Self::Sparse {
                sparsity,
                std,
                cols,
            } => pattern::sparse(sparsity, std, cols, stream, out),
            Self::Values(values) => {
                for (out, &value) in out.iter_mut().zip(values) {
                    *out = E::from_f64(value);
                }
            }
        }
    }
}

/// Works out the law of `init` on an array of `shape`.
pub(super) fn resolve<'a>(
    init: &Init,
    shape: &'a [usize],
    fan: Option<usize>,
) -> Result<Law<'a>, InitError> {
    let law = match *init {
        Init::Zeros => Law::Constant(0.0),
        Init::Ones => Law::Constant(1.0),
        Init::Constant(value) => Law::Constant(value),
        Init::Uniform { low, high } => Law::Uniform { low, high },
        Init::Normal { mean, std } => Law::Normal { mean, std },
        Init::NormalButRow(row) => match shape {
            [rows, cols] if row < *rows => Law::Gap {
                start: row.saturating_mul(*cols),
                end: (row + 1).saturating_mul(*cols),
            },
            _ => return axes("NormalButRow", "2, the first longer than its row,", shape),
        },
        Init::TruncNormal { mean, std, a, b } => Law::TruncNormal { mean, std, a, b },
        Init::XavierUniform { gain } => within(gain * per(6.0, xavier_fan(shape)?)),
        Init::XavierNormal { gain } => Law::Normal {
            mean: 0.0,
            std: gain * per(2.0, xavier_fan(shape)?),
        },
        Init::KaimingUniform {
            a,
            mode,
            nonlinearity,
        } => within(nonlinearity.gain(Some(a)) * per(3.0, kaiming_fan(shape, mode)?)),
        Init::KaimingNormal {
            a,
            mode,
            nonlinearity,
        } => {
            let std = nonlinearity.gain(Some(a)) * per(1.0, kaiming_fan(shape, mode)?);
            Law::Normal { mean: 0.0, std }
        }
        Init::FanInUniform => {
            let fan =
                fan.map_or_else(|| kaiming_fan(shape, FanMode::FanIn), |fan| Ok(fan as f64))?;
            within(per(1.0, fan))
        }
        Init::Orthogonal { gain } => {
            let [rows, rest @ ..] = shape else {
                return axes("Orthogonal", "at least 2", shape);
            };
            if rest.is_empty() {
                return axes("Orthogonal", "at least 2", shape);
            }
            let cols = rest
                .iter()
                .fold(1, |product: usize, &axis| product.saturating_mul(axis));
            Law::Orthogonal {
                gain,
                rows: *rows,
                cols,
            }
        }
        Init::Eye => match shape {
            [_, cols] => Law::Eye { cols: *cols },
            _ => return axes("Eye", "2", shape),
        },
        Init::Dirac { groups } => match shape {
            [channels, _, _, ..] if shape.len() <= 5 => {
                if groups == 0 || channels % groups != 0 {
                    return Err(InitError::Groups {
                        channels: *channels,
                        groups,
                    });
                }
                Law::Dirac { groups, shape }
            }
            _ => return axes("Dirac", "3, 4 or 5", shape),
        },
        Init::Sparse { sparsity, std } => match shape {
            [_, cols] => Law::Sparse {
                sparsity,
                std,
                cols: *cols,
            },
            _ => return axes("Sparse", "2", shape),
        },
        // What it gives is known where it is called.
        Init::Function(_) => Law::Values(&[]),
    };
    check(law)
}

fn xavier_fan(shape: &[usize]) -> Result<f64, InitError> {
    let (fan_in, fan_out) = fan_in_and_out(shape)?;
    Ok(fan_in as f64 + fan_out as f64)
}

fn kaiming_fan(shape: &[usize], mode: FanMode) -> Result<f64, InitError> {
    let (fan_in, fan_out) = fan_in_and_out(shape)?;
    Ok(if mode == FanMode::FanIn {
        fan_in
    } else {
        fan_out
    } as f64)
}

/// √(factor / fan); 0 for no fan, as PyTorch has it for the bias of a layer without inputs.
fn per(factor: f64, fan: f64) -> f64 {
    if fan > 0.0 {
        (factor / fan).sqrt()
    } else {
        0.0
    }
}

fn within(bound: f64) -> Law<'static> {
    Law::Uniform {
        low: -bound,
        high: bound,
    }
}

fn axes<T>(init: &'static str, allowed: &'static str, shape: &[usize]) -> Result<T, InitError> {
    Err(InitError::Axes {
        init,
        allowed,
        shape: shape.to_vec(),
    })
}

/// Refuses numbers out of range; every comparison is written so that NaN fails it.
fn check(law: Law<'_>) -> Result<Law<'_>, InitError> {
    let rule = |holds: bool, rule, value| {
        if holds {
            Ok(())
        } else {
            Err(InitError::Option { rule, value })
        }
    };
    let spread = |std: f64| {
        rule(
            std >= 0.0 && std.is_finite(),
            "std must be finite and not negative",
            std,
        )
    };
    match law {
        Law::Uniform { low, high } => {
            rule(low.is_finite(), "the lower bound must be finite", low)?;
            rule(
                high >= low && high.is_finite(),
                "the upper bound must be finite and not below the lower",
                high,
            )?;
        }
        Law::Normal { mean, std } => {
            rule(mean.is_finite(), "mean must be finite", mean)?;
            spread(std)?;
        }
        Law::TruncNormal { mean, std, a, b } => {
            rule(mean.is_finite(), "mean must be finite", mean)?;
            rule(
                std > 0.0 && std.is_finite(),
                "std must be finite and positive",
                std,
            )?;
            rule(
                a < b,
                "the lower cut-off a must be below the upper cut-off b",
                a,
            )?;
            // Farther out the law has no digits left: its width is that of the rounding of the cut-off.
            let distance = ((a - mean) / std).max((mean - b) / std);
            rule(
                distance < 1e6,
                "[a, b] must begin within a million std of the mean",
                distance,
            )?;
        }
        Law::Orthogonal { gain, .. } => rule(gain.is_finite(), "gain must be finite", gain)?,
        Law::Sparse { sparsity, std, .. } => {
            rule(
                (0.0..=1.0).contains(&sparsity),
                "sparsity must be between 0 and 1",
                sparsity,
            )?;
            spread(std)?;
        }
        Law::Constant(_)
        | Law::Gap { .. }
        | Law::Eye { .. }
        | Law::Dirac { .. }
        | Law::Values(_) => {}
    }
    Ok(law)
}
