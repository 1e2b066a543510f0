//! A network that is told what it is: a layer that runs a list of words, one step after the other.
//!
//! The words are a step's name and what it needs, its path in the state dict first:
//! `conv conv1 1 1 5 1 2 1 tanh maxpool 2 2 0 flatten linear fc 1`. Sizes are in none of them; they stay open
//! until the state dict is loaded.

use super::sinusoid::Sinusoid;
use netdsl::graph::cat;
use netdsl::layer::Definition;
use netdsl::prelude::*;
use netdsl::shape::{Axis, Dim, Value};

network! {
    /// A network of steps that are chosen at run time.
    #[loaded]
    pub struct Whole<program> {
        net: Steps(program = program),
    }
}

/// The path of everything in a [`Whole`].
pub const PREFIX: &str = "net.";

netdsl::layer! {
    /// Steps one after the other, as a text of words.
    pub struct Steps { program = Arg::OPEN }
}

/// The words that are still to be read.
struct Words {
    rest: &'static str,
}

impl Words {
    /// The next word; none at the end.
    const fn next(&mut self) -> &'static str {
        let (bytes, mut end) = (self.rest.as_bytes(), 0);
        while end < bytes.len() && bytes[end] != b' ' {
            end += 1;
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = if rest.is_empty() {
            rest
        } else {
            rest.split_at(1).1
        };
        word
    }

    /// The next word as a number.
    const fn size(&mut self) -> usize {
        match usize::from_str_radix(self.next(), 10) {
            Ok(size) => size,
            Err(_) => 0,
        }
    }

    const fn arg(&mut self) -> Arg {
        Arg::int(self.size())
    }

    const fn flag(&mut self) -> Arg {
        Arg::flag(self.size() == 1)
    }

    /// The next word as a number with all its bits.
    const fn float(&mut self) -> f64 {
        match u64::from_str_radix(self.next(), 16) {
            Ok(bits) => f64::from_bits(bits),
            Err(_) => 0.0,
        }
    }
}

/// A float as [`Words::float`] reads it.
pub fn float(value: f64) -> String {
    format!("{:x}", value.to_bits())
}

/// A layer's result under a path.
macro_rules! layer {
    ($at:ident, $path:ident, $layer:expr, $x:expr) => {{
        let layer = $layer;
        let part = $at.part($path, "Step").enter();
        let y = layer.forward(part, $x);
        part.leave();
        y
    }};
}

impl Steps {
    /// x: any shape → what the steps give
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let Value::Word(program) = self.program.value else {
            // Not chosen yet: there may be parameters of any size, and what comes out may be anything.
            let some = at.size("some", Arg::OPEN);
            let _ = at.parameter("some", &[some.dim], Init::Zeros);
            at.count("program", self.program);
            return x;
        };
        let mut words = Words { rest: program };
        let (mut x, mut kept) = (x, x);
        loop {
            let step = words.next();
            x = match step.as_bytes() {
                b"" => return x,
                b"keep" => {
                    kept = x;
                    x
                }
                b"swap" => {
                    let y = kept;
                    kept = x;
                    y
                }
                b"add" => x.add(kept),
                b"scale" => x.scale(words.float()),
                b"flatten" => x.flatten(),
                b"view" => x.reshape(Arg::list(&[words.arg(), words.arg(), words.arg()])),
                b"gap" => x.adaptive_avg_pool2d(1).flatten(),
                b"mean" => x.mean(-2),
                b"sum" => x.sum(-2),
                b"max" => x.amax(-2),
                b"first" => x.select_index(-2, 0),
                b"last" => x.select_index(-2, -1),
                b"sinusoid" => match words.size() {
                    0 => x.custom(&Sinusoid::Exact, &[], *x.shape()),
                    1 => x.custom(&Sinusoid::Rounded, &[], *x.shape()),
                    _ => x.custom(&Sinusoid::Single, &[], *x.shape()),
                },
                b"positions" => positions(at, x, &mut words),
                b"token" => token(at, x, &mut words),
                b"relu" | b"relu6" | b"tanh" | b"sigmoid" | b"gelu" | b"gelu_tanh" | b"silu"
                | b"elu" | b"celu" | b"selu" | b"mish" | b"softplus" | b"softsign"
                | b"hardswish" | b"hardtanh" | b"hardsigmoid" => function(at, step, x),
                b"leaky_relu" => x.leaky_relu(words.float()),
                b"maxpool" | b"avgpool" | b"upsample" => resized(at, step, x, &mut words),
                _ => match parametric(at, step, x, &mut words) {
                    Some(y) => y,
                    None => {
                        at.option_fault("program", "known steps", self.program);
                        return x;
                    }
                },
            };
        }
    }
}

/// A function of each element.
const fn function<'t>(at: Scope<'t>, name: &str, x: Tensor<'t>) -> Tensor<'t> {
    match name.as_bytes() {
        b"relu" => x.relu(),
        b"tanh" => x.tanh(),
        b"sigmoid" => x.sigmoid(),
        b"gelu" => x.gelu(),
        b"gelu_tanh" => {
            let gelu = Gelu {
                approximate: Arg::word("tanh"),
            };
            gelu.forward(at, x)
        }
        b"silu" => Silu::BLANK.forward(at, x),
        b"relu6" => Relu6::BLANK.forward(at, x),
        b"elu" => Elu::BLANK.forward(at, x),
        b"celu" => Celu::BLANK.forward(at, x),
        b"selu" => Selu::BLANK.forward(at, x),
        b"mish" => Mish::BLANK.forward(at, x),
        b"softplus" => Softplus::BLANK.forward(at, x),
        b"softsign" => Softsign::BLANK.forward(at, x),
        b"hardswish" => Hardswish::BLANK.forward(at, x),
        b"hardtanh" => Hardtanh::BLANK.forward(at, x),
        _ => Hardsigmoid::BLANK.forward(at, x),
    }
}

/// Images of another size: `maxpool kernel stride padding`, `avgpool` likewise, `upsample factor linear`.
const fn resized<'t>(at: Scope<'t>, step: &str, x: Tensor<'t>, words: &mut Words) -> Tensor<'t> {
    match step.as_bytes() {
        b"maxpool" => {
            let (kernel, stride, padding) = (words.arg(), words.arg(), words.arg());
            let pool = MaxPool2d {
                stride,
                padding,
                ..MaxPool2d::BLANK
            };
            pool.sizes(kernel).forward(at, x)
        }
        b"avgpool" => {
            let (kernel, stride, padding) = (words.arg(), words.arg(), words.arg());
            let pool = AvgPool2d {
                stride,
                padding,
                ..AvgPool2d::BLANK
            };
            pool.sizes(kernel).forward(at, x)
        }
        _ => {
            let (scale_factor, linear) = (words.arg(), words.size() == 1);
            let mode = if linear { "bilinear" } else { "nearest" };
            let upsample = Upsample {
                scale_factor,
                mode: Arg::word(mode),
                ..Upsample::BLANK
            };
            upsample.forward(at, x)
        }
    }
}

/// A layer of the state dict; none where there is no such step. Biases are 0 or 1.
const fn parametric<'t>(
    at: Scope<'t>,
    step: &str,
    x: Tensor<'t>,
    words: &mut Words,
) -> Option<Tensor<'t>> {
    let path = words.next();
    Some(match step.as_bytes() {
        // linear path bias
        b"linear" => {
            let linear = Linear {
                bias: words.flag(),
                ..Linear::BLANK
            };
            layer!(at, path, linear.sizes(Arg::OPEN, Arg::OPEN), x)
        }
        // conv path bias groups kernel stride padding dilation
        b"conv" => {
            let (bias, groups, kernel) = (words.flag(), words.arg(), words.arg());
            let conv = Conv2d {
                bias,
                groups,
                stride: words.arg(),
                padding: words.arg(),
                dilation: words.arg(),
                ..Conv2d::BLANK
            };
            layer!(at, path, conv.sizes(Arg::OPEN, Arg::OPEN, kernel), x)
        }
        // deconv path bias kernel stride padding output_padding
        b"deconv" => {
            let (bias, kernel) = (words.flag(), words.arg());
            let conv = ConvTranspose2d {
                bias,
                stride: words.arg(),
                padding: words.arg(),
                output_padding: words.arg(),
                ..ConvTranspose2d::BLANK
            };
            layer!(at, path, conv.sizes(Arg::OPEN, Arg::OPEN, kernel), x)
        }
        // batchnorm path axes
        b"batchnorm" => match words.size() {
            1 => layer!(at, path, BatchNorm1d::BLANK, x),
            _ => layer!(at, path, BatchNorm2d::BLANK, x),
        },
        // layernorm path bias
        b"layernorm" => {
            let norm = LayerNorm {
                bias: words.flag(),
                ..LayerNorm::BLANK
            };
            layer!(at, path, norm.sizes(Arg::OPEN), x)
        }
        // embedding path padding_idx + 1
        b"embedding" => {
            let padding_idx = match words.size() {
                0 => Arg::ABSENT,
                row => Arg::int(row - 1),
            };
            let embedding = Embedding {
                padding_idx,
                ..Embedding::BLANK
            };
            layer!(at, path, embedding.sizes(Arg::OPEN, Arg::OPEN), x)
        }
        // lstm path bias layers directions output|hidden|cell|top
        b"lstm" => lstm(at, path, x, words),
        // encoder path bias heads norm_first relu|gelu
        b"encoder" => {
            let (bias, heads, norm_first) = (words.flag(), words.arg(), words.flag());
            let layer = TransformerEncoderLayer {
                dim_feedforward: Arg::OPEN,
                dropout: Arg::float(0.0),
                norm_first,
                bias,
                activation: Arg::word(words.next()),
                ..TransformerEncoderLayer::BLANK
            };
            layer!(at, path, layer.sizes(Arg::OPEN, heads), x)
        }
        _ => return None,
    })
}

/// An LSTM's outputs, or the last states of its last layer: of both directions side by side, or (`top`) the
/// hidden one of the last direction.
const fn lstm<'t>(
    at: Scope<'t>,
    path: &'static str,
    x: Tensor<'t>,
    words: &mut Words,
) -> Tensor<'t> {
    let (bias, num_layers, both) = (words.flag(), words.arg(), words.size() == 2);
    let lstm = Lstm {
        bias,
        num_layers,
        bidirectional: Arg::flag(both),
        ..Lstm::BLANK
    };
    let (y, (hidden, cell)) = layer!(at, path, lstm.sizes(Arg::OPEN, Arg::OPEN), x);
    let state = match words.next().as_bytes() {
        b"output" => return y,
        b"top" => return hidden.select_index(1, -1),
        b"cell" => cell,
        _ => hidden,
    };
    if both {
        cat([state.select_index(1, -2), state.select_index(1, -1)], -1)
    } else {
        state.select_index(1, -1)
    }
}

/// A vector for each step, added: `positions path axes rows features steps trained`, of which the first `steps`.
const fn positions<'t>(at: Scope<'t>, x: Tensor<'t>, words: &mut Words) -> Tensor<'t> {
    let (path, axes) = (words.next(), words.size());
    let (rows, features, steps) = (words.size(), words.size(), words.size());
    let dims = [Dim::Known(1), Dim::Known(rows), Dim::Known(features)];
    let (_, dims) = dims.split_at(3 - axes);
    let own = if words.size() == 1 {
        at.parameter(path, dims, Init::Zeros)
    } else {
        at.buffer(path, dims, Init::Zeros)
    };
    let matrix = [Axis::new(Dim::Known(rows)), Axis::new(Dim::Known(features))];
    let own = own.view_as(&matrix, false);
    x.add(own.narrow(-2, 0, steps))
}

/// A vector before the first step: `token path axes features`.
const fn token<'t>(at: Scope<'t>, x: Tensor<'t>, words: &mut Words) -> Tensor<'t> {
    let (path, axes, features) = (words.next(), words.size(), words.size());
    let dims = [Dim::Known(1), Dim::Known(1), Dim::Known(features)];
    let (_, dims) = dims.split_at(3 - axes);
    let own = at.parameter(path, dims, Init::Zeros);
    let own = own.view_as(&[Axis::new(Dim::Known(features))], false);
    let repeated = x.narrow(-2, 0, 1).scale(0.0).add(own);
    cat([repeated, x], -2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn steps_are_run() {
        let x = array![[1f32, -2.0]].into_dyn();
        let net = network!(Whole<"keep relu swap scale 4000000000000000 add">).unwrap();
        let y = net.run(&[x.view()]).unwrap();
        assert_eq!(y, [array![[3f32, -4.0]].into_dyn()]);
        let net = network!(Whole<"linear a.0 1 tanh linear b 0">).unwrap();
        let paths: Vec<_> = net.parameters().into_iter().map(|own| own.path).collect();
        assert_eq!(paths, ["net.a.0.weight", "net.a.0.bias", "net.b.weight"]);
        let unknown = "nothing";
        let error = network!(Whole<unknown>).unwrap_err().to_string();
        assert!(error.contains("program"), "{error}");
    }
}
