//! Networks whose modules run in the order of the state dict: convolutional autoencoders and classifiers, and
//! perceptrons. What is between modules is the same everywhere.

use super::modules::{Kind, Module};
use super::{Model, join, plain};

/// What is the same everywhere in a network.
#[derive(Clone, Copy)]
struct Style<'s> {
    /// The function after convolutions, that after linear maps, and the last one.
    function: &'s str,
    dense: &'s str,
    last: &'s str,
    shrink: Shrink,
    padded: Padded,
    grow: Grow,
    /// Whether there is a function between linear maps.
    middle: bool,
}

/// How images become smaller: by the stride of convolutions, and by what follows them.
#[derive(Clone, Copy)]
struct Shrink {
    stride: usize,
    pool: &'static str,
}

/// Which convolutions keep sizes, apart from their stride.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padded {
    All,
    First,
    None,
}

/// How images become larger again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grow {
    /// By transposed convolutions to just `stride` times the size.
    Exactly { stride: usize },
    /// By transposed convolutions of stride 2 with this padding.
    Padded(usize),
    /// By steps before convolutions.
    Step(&'static str),
}

const SHRINKS: [Shrink; 4] = [
    Shrink {
        stride: 2,
        pool: "",
    },
    Shrink {
        stride: 1,
        pool: "maxpool 2 2 0",
    },
    Shrink {
        stride: 1,
        pool: "avgpool 2 2 0",
    },
    Shrink {
        stride: 1,
        pool: "",
    },
];

const GROWS: [Grow; 6] = [
    Grow::Exactly { stride: 2 },
    Grow::Padded(0),
    Grow::Padded(1),
    Grow::Step("upsample 2 0"),
    Grow::Step("upsample 2 1"),
    Grow::Exactly { stride: 1 },
];

/// The networks that the modules may be.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let images = model.has(|kind| kind == Kind::Conv);
    let classifies = model
        .case
        .text("loss")
        .is_ok_and(|loss| loss == "cross_entropy");
    let functions = model.functions();
    let functions: Vec<&str> = functions.iter().take(8).map(String::as_str).collect();
    let mut lasts = functions.clone();
    lasts.sort_by_key(|last| !["sigmoid", "tanh"].contains(last));
    lasts.insert(0, "");
    lasts.truncate(if classifies { 1 } else { 6 });
    let denses = |function| match images && classifies {
        true => vec![function, "relu", "tanh"],
        false => vec![function],
    };
    let shrinks = if images { &SHRINKS[..] } else { &SHRINKS[..1] };
    let grows = if images && !classifies {
        &GROWS[..]
    } else {
        &GROWS[..1]
    };
    let middles: &[bool] = if classifies { &[true] } else { &[true, false] };
    let mut readings = Vec::new();
    for &function in &functions {
        for dense in denses(function) {
            for &shrink in shrinks {
                for padded in [Padded::All, Padded::First, Padded::None] {
                    for &grow in grows {
                        for &last in &lasts {
                            for &middle in middles {
                                let style = Style {
                                    function,
                                    dense,
                                    last,
                                    shrink,
                                    padded,
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
    }
    readings
}

/// A network that is being put together.
struct Stack<'m> {
    steps: Vec<String>,
    /// Channels, of images only, and features otherwise.
    channels: Option<usize>,
    features: usize,
    /// Convolutions so far, of how many; and whether one of them was transposed.
    convolution: usize,
    convolutions: usize,
    decodes: bool,
    /// What follows the function of a convolution.
    pool: &'m str,
}

impl Style<'_> {
    /// The network of a style; none where its modules do not fit.
    fn read(&self, model: &Model<'_>) -> Option<String> {
        let modules = &model.modules;
        let is_conv = |module: &&Module| module.kind == Kind::Conv;
        let is_layer = |module: &&Module| matches!(module.kind, Kind::Conv | Kind::Matrix);
        let is_norm = |module: &Module| matches!(module.kind, Kind::BatchNorm | Kind::LayerNorm);
        let is_linear =
            |module: Option<&Module>| module.is_some_and(|module| module.kind == Kind::Matrix);
        let count = modules.iter().filter(is_layer).count();
        let mut stack = Stack {
            steps: Vec::new(),
            channels: (model.input.len() == 4).then(|| model.input[1]),
            features: 0,
            convolution: 0,
            convolutions: modules.iter().filter(is_conv).count(),
            decodes: false,
            pool: "",
        };
        let (mut layer, mut linear) = (0, false);
        for (index, module) in modules.iter().enumerate() {
            match module.kind {
                Kind::Conv => self.convolution(module, &mut stack)?,
                Kind::Matrix => {
                    stack
                        .steps
                        .extend(["flatten".to_owned(), plain(module, false)]);
                    (stack.channels, stack.features) = (None, module.shape[0]);
                }
                _ if is_norm(module) => stack.steps.push(plain(module, stack.channels.is_some())),
                _ => return None,
            }
            if !is_norm(module) {
                (layer, linear) = (layer + 1, module.kind == Kind::Matrix);
            }
            // The function comes after the norm.
            if modules.get(index + 1).is_some_and(is_norm) {
                continue;
            }
            let function = match linear {
                _ if layer == count => self.last,
                true if !self.middle && is_linear(modules.get(index + 1)) => "",
                true => self.dense,
                false => self.function,
            };
            let pool = std::mem::take(&mut stack.pool);
            stack.steps.extend([function.to_owned(), pool.to_owned()]);
        }
        Some(join(stack.steps))
    }

    fn convolution(&self, module: &Module, stack: &mut Stack<'_>) -> Option<()> {
        let [first, second, kernel, _] = module.shape[..] else {
            return None;
        };
        stack.convolution += 1;
        let channels = match stack.channels {
            Some(channels) => channels,
            None => {
                // Vectors become square images.
                let side = (stack.features / first).isqrt();
                stack.steps.push(format!("view {first} {side} {side}"));
                first
            }
        };
        let (path, bias) = (&module.path, module.biased());
        if !matches!(self.grow, Grow::Step(_)) && module.is_transposed(channels) {
            let (stride, padding, more) = match self.grow {
                Grow::Padded(padding) => (2, padding, 0),
                Grow::Exactly { stride: 1 } => (1, (kernel - 1) / 2, 0),
                _ => (2, (kernel - 1) / 2, kernel % 2),
            };
            let step = format!("deconv {path} {bias} {kernel} {stride} {padding} {more}");
            stack.steps.push(step);
            (stack.channels, stack.decodes) = (Some(second), true);
            return Some(());
        }
        let mut stride = self.shrink.stride;
        let half = stack.convolution > stack.convolutions / 2;
        if let Grow::Step(step) = self.grow
            && half
        {
            stack.steps.push(step.to_owned());
            stack.decodes = true;
        }
        let padded = match self.padded {
            _ if stack.decodes => true,
            Padded::First => stack.convolution == 1,
            padded => padded == Padded::All,
        };
        if stack.decodes {
            stride = 1;
        } else {
            stack.pool = self.shrink.pool;
        }
        let (groups, padding) = (
            (channels / second.max(1)).max(1),
            if padded { kernel / 2 } else { 0 },
        );
        let step = format!("conv {path} {bias} {groups} {kernel} {stride} {padding} 1");
        stack.steps.push(step);
        stack.channels = Some(first);
        Some(())
    }
}
