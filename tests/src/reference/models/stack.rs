//! Networks whose modules run in the order of the state dict: convolutional autoencoders and classifiers, and
//! perceptrons. What is between modules is the same everywhere.

use super::modules::{Kind, Module};
use super::{Model, join, plain};

/// What is the same everywhere in a network.
struct Style<'s> {
    function: &'s str,
    last: &'s str,
    /// The stride of convolutions, whether they keep sizes, and what follows them.
    stride: usize,
    same: bool,
    pool: &'s str,
    /// How images grow: by transposed convolutions of these paddings, or by steps of this kind.
    padding: usize,
    more: usize,
    grow: &'s str,
    /// Whether there is a function between linear maps in the middle.
    middle: bool,
}

/// The networks that the modules may be.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let convolutions = model
        .modules
        .iter()
        .filter(|module| module.kind == Kind::Conv);
    let kernels: Vec<usize> = convolutions.map(|module| module.shape[3]).collect();
    let functions = model.functions();
    let mut lasts: Vec<&str> = functions.iter().take(6).map(String::as_str).collect();
    lasts.sort_by_key(|last| !["sigmoid", "tanh"].contains(last));
    lasts.insert(0, "");
    if model
        .case
        .text("loss")
        .is_ok_and(|loss| loss == "cross_entropy")
    {
        lasts.truncate(1);
    }
    let shrinks: &[(usize, &str)] = match kernels.len() {
        0 => &[(1, "")],
        _ => &[(2, ""), (1, "maxpool 2 2 0"), (1, "avgpool 2 2 0"), (1, "")],
    };
    let kernel = kernels.last().copied().unwrap_or(1);
    let grown = [
        (kernel.saturating_sub(1) / 2, kernel % 2, ""),
        (0, 0, ""),
        (1, 0, ""),
        (0, 0, "upsample 2 0"),
        (0, 0, "upsample 2 1"),
    ];
    let grows = if kernels.is_empty() {
        &grown[..1]
    } else {
        &grown
    };
    let middles: &[bool] = if kernels.is_empty() {
        &[true]
    } else {
        &[true, false]
    };
    let mut readings = Vec::new();
    for function in functions.iter().take(8) {
        for &(stride, pool) in shrinks {
            for same in [true, false] {
                for &(padding, more, grow) in grows {
                    for last in &lasts {
                        for &middle in middles {
                            let style = Style {
                                function,
                                last,
                                stride,
                                same,
                                pool,
                                padding,
                                more,
                                grow,
                                middle,
                            };
                            readings.extend(style.read(model));
                        }
                    }
                }
            }
        }
    }
    readings
}

impl Style<'_> {
    /// The network of a style; none where its modules do not fit.
    fn read(&self, model: &Model<'_>) -> Option<String> {
        let modules = &model.modules;
        let layers = |module: &&Module| matches!(module.kind, Kind::Conv | Kind::Matrix);
        let convolutions = modules
            .iter()
            .filter(|module| module.kind == Kind::Conv)
            .count();
        let count = modules.iter().filter(layers).count();
        let mut channels = (model.input.len() == 4).then(|| model.input[1]);
        let (mut features, mut steps) = (0, Vec::new());
        let (mut layer, mut convolution, mut pool) = (0, 0, "");
        for (index, module) in modules.iter().enumerate() {
            match module.kind {
                Kind::Conv => {
                    let grows = !self.grow.is_empty() && convolution >= convolutions / 2;
                    convolution += 1;
                    let [first, second, kernel, _] = module.shape[..] else {
                        return None;
                    };
                    let now = *channels.get_or_insert_with(|| {
                        let side = (features / first).isqrt();
                        steps.push(format!("view {first} {side} {side}"));
                        first
                    });
                    let (path, bias) = (&module.path, module.biased());
                    if self.grow.is_empty() && module.is_transposed(now) {
                        let (padding, more) = (self.padding, self.more);
                        steps.push(format!("deconv {path} {bias} {kernel} 2 {padding} {more}"));
                        channels = Some(second);
                    } else {
                        let (groups, padding) = (
                            (now / second.max(1)).max(1),
                            if self.same { kernel / 2 } else { 0 },
                        );
                        let stride = if grows { 1 } else { self.stride };
                        if grows {
                            steps.push(self.grow.to_owned());
                        } else {
                            pool = self.pool;
                        }
                        steps.push(format!(
                            "conv {path} {bias} {groups} {kernel} {stride} {padding} 1"
                        ));
                        channels = Some(first);
                    }
                }
                Kind::Matrix => {
                    steps.push("flatten".to_owned());
                    steps.push(plain(module, false));
                    (channels, features) = (None, module.shape[0]);
                }
                Kind::BatchNorm | Kind::LayerNorm => steps.push(plain(module, channels.is_some())),
                _ => return None,
            }
            let normed = |next: &Module| matches!(next.kind, Kind::BatchNorm | Kind::LayerNorm);
            let ends = modules.get(index + 1).is_none_or(|next| !normed(next));
            if !ends {
                continue;
            }
            layer += 1;
            let linear =
                |module: Option<&Module>| module.is_some_and(|module| module.kind == Kind::Matrix);
            let between = linear(Some(module)) && linear(modules.get(index + 1));
            let function = match layer {
                _ if layer == count => self.last,
                _ if between && !self.middle => "",
                _ => self.function,
            };
            steps.push(function.to_owned());
            steps.push(std::mem::take(&mut pool).to_owned());
        }
        Some(join(steps))
    }
}
