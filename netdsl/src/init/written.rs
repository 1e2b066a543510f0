//! Initialisers in words, for files: `normal 0 0.02`.

use super::{FanMode, Init, Nonlinearity};

impl Init {
    /// Its name and its numbers, such that [`Self::read`] gives the same one, bit for bit. None of a function.
    pub(crate) fn written(&self) -> Option<String> {
        let kaiming = |name: &str, a: f64, mode: FanMode, nonlinearity: Nonlinearity| {
            format!("{name} {a} {} {}", mode.written(), nonlinearity.written())
        };
        Some(match *self {
            Self::Zeros => "zeros".to_owned(),
            Self::Ones => "ones".to_owned(),
            Self::Constant(value) => format!("constant {value}"),
            Self::Uniform { low, high } => format!("uniform {low} {high}"),
            Self::Normal { mean, std } => format!("normal {mean} {std}"),
            Self::NormalButRow(row) => format!("normal_but_row {row}"),
            Self::TruncNormal { mean, std, a, b } => format!("trunc_normal {mean} {std} {a} {b}"),
            Self::XavierUniform { gain } => format!("xavier_uniform {gain}"),
            Self::XavierNormal { gain } => format!("xavier_normal {gain}"),
            Self::KaimingUniform {
                a,
                mode,
                nonlinearity,
            } => kaiming("kaiming_uniform", a, mode, nonlinearity),
            Self::KaimingNormal {
                a,
                mode,
                nonlinearity,
            } => kaiming("kaiming_normal", a, mode, nonlinearity),
            Self::Orthogonal { gain } => format!("orthogonal {gain}"),
            Self::Eye => "eye".to_owned(),
            Self::Dirac { groups } => format!("dirac {groups}"),
            Self::Sparse { sparsity, std } => format!("sparse {sparsity} {std}"),
            Self::FanInUniform => "fan_in_uniform".to_owned(),
            Self::Function(_) => return None,
        })
    }

    /// The initialiser that was written so.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let number = |word: &str| word.parse::<f64>().ok();
        let words: Vec<&str> = text.split(' ').collect();
        Some(match *words {
            ["zeros"] => Self::Zeros,
            ["ones"] => Self::Ones,
            ["constant", value] => Self::Constant(number(value)?),
            ["uniform", low, high] => Self::Uniform {
                low: number(low)?,
                high: number(high)?,
            },
            ["normal", mean, std] => Self::Normal {
                mean: number(mean)?,
                std: number(std)?,
            },
            ["normal_but_row", row] => Self::NormalButRow(row.parse().ok()?),
            ["trunc_normal", mean, std, a, b] => Self::TruncNormal {
                mean: number(mean)?,
                std: number(std)?,
                a: number(a)?,
                b: number(b)?,
            },
            ["xavier_uniform", gain] => Self::XavierUniform {
                gain: number(gain)?,
            },
            ["xavier_normal", gain] => Self::XavierNormal {
                gain: number(gain)?,
            },
            ["kaiming_uniform", a, mode, nonlinearity] => Self::KaimingUniform {
                a: number(a)?,
                mode: FanMode::read(mode)?,
                nonlinearity: Nonlinearity::read(nonlinearity)?,
            },
            ["kaiming_normal", a, mode, nonlinearity] => Self::KaimingNormal {
                a: number(a)?,
                mode: FanMode::read(mode)?,
                nonlinearity: Nonlinearity::read(nonlinearity)?,
            },
            ["orthogonal", gain] => Self::Orthogonal {
                gain: number(gain)?,
            },
            ["eye"] => Self::Eye,
            ["dirac", groups] => Self::Dirac {
                groups: groups.parse().ok()?,
            },
            ["sparse", sparsity, std] => Self::Sparse {
                sparsity: number(sparsity)?,
                std: number(std)?,
            },
            ["fan_in_uniform"] => Self::FanInUniform,
            _ => return None,
        })
    }
}

impl FanMode {
    fn written(self) -> &'static str {
        match self {
            Self::FanIn => "fan_in",
            Self::FanOut => "fan_out",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let mut all = [Self::FanIn, Self::FanOut].into_iter();
        all.find(|mode| mode.written() == word)
    }
}

impl Nonlinearity {
    fn written(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky_relu",
            Self::Selu => "selu",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let all = [
            Self::Linear,
            Self::Sigmoid,
            Self::Tanh,
            Self::Relu,
            Self::LeakyRelu,
            Self::Selu,
        ];
        all.into_iter().find(|own| own.written() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let (a, std, gain) = (-0.1, 1e-300, 1.0 / 3.0);
        let inits = [
            Init::Zeros,
            Init::Ones,
            Init::Constant(-0.0),
            Init::Constant(f64::NEG_INFINITY),
            Init::Uniform {
                low: f64::MIN,
                high: f64::MIN_POSITIVE,
            },
            Init::Normal { mean: 0.1, std },
            Init::NormalButRow(usize::MAX),
            Init::TruncNormal {
                mean: 0.3,
                std,
                a,
                b: 2.0,
            },
            Init::XavierUniform { gain },
            Init::XavierNormal { gain },
            Init::kaiming_uniform(),
            Init::kaiming_normal(),
            Init::Orthogonal { gain },
            Init::Eye,
            Init::Dirac { groups: 3 },
            Init::Sparse {
                sparsity: gain,
                std,
            },
            Init::FanInUniform,
        ];
        let nonlinearities = [
            Nonlinearity::Linear,
            Nonlinearity::Sigmoid,
            Nonlinearity::Tanh,
            Nonlinearity::Relu,
            Nonlinearity::LeakyRelu,
            Nonlinearity::Selu,
        ];
        let kaiming = nonlinearities.map(|nonlinearity| Init::KaimingNormal {
            a,
            mode: FanMode::FanOut,
            nonlinearity,
        });
        for init in inits.into_iter().chain(kaiming) {
            // Debug tells −0 from 0.
            let written = init.written().unwrap();
            let read = Init::read(&written).map(|read| format!("{read:?}"));
            assert_eq!(read, Some(format!("{init:?}")), "{written}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "one", "zeros 1", "constant", "constant two", "dirac -1"] {
            assert_eq!(Init::read(text), None, "{text}");
        }
    }
}
