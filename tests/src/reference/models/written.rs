//! Networks whose text lists their layers in order.

use super::modules::{Kind, Module};
use super::text::{Term, number, numbers};
use super::{Model, join, plain};

/// What convolutions do where the text does not say it: their stride, and whether they keep sizes.
const SILENT: [(usize, bool); 4] = [(1, false), (1, true), (2, true), (2, false)];

/// The readings of a text that names every module; none where it does not.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let readings = SILENT.iter().flat_map(|silent| {
        // `conv autoencoder` need not mean a layer.
        [true, false].map(|bare| Reader::new(model, *silent, bare).read())
    });
    readings.flatten().collect()
}

/// A text that is being read.
struct Reader<'m> {
    model: &'m Model<'m>,
    silent: (usize, bool),
    /// Whether a class of layers alone, without sizes, is one of them.
    bare: bool,
    steps: Vec<String>,
    used: Vec<bool>,
    /// Channels, of images only.
    channels: Option<usize>,
    /// Features of vectors; 0 where the text alone does not tell.
    features: usize,
    /// Words that belong to what was read before.
    skipped: usize,
}

impl<'m> Reader<'m> {
    fn new(model: &'m Model<'m>, silent: (usize, bool), bare: bool) -> Self {
        let images = model.input.len() == 4;
        Self {
            model,
            silent,
            bare,
            steps: Vec::new(),
            used: vec![false; model.modules.len()],
            channels: images.then(|| model.input[1]),
            features: model.input.last().copied().unwrap_or(0),
            skipped: 0,
        }
    }

    fn read(mut self) -> Option<String> {
        let terms = &self.model.terms;
        for (index, term) in terms.iter().enumerate() {
            if self.skipped > 0 {
                self.skipped -= 1;
                continue;
            }
            let following = &terms[index + 1..];
            if let Some(function) = term.function() {
                self.steps.push(function);
            } else if !self.shaped(term, following) {
                self.module(term, following)?;
            }
        }
        self.used.iter().all(|used| *used).then(|| join(self.steps))
    }

    /// Takes a word for what changes shapes without parameters; false where it is none.
    fn shaped(&mut self, term: &Term, following: &[Term]) -> bool {
        let word = term.word.replace('_', "");
        let pool = |kind: &str| {
            let inner = word.strip_prefix(kind)?.trim_end_matches("2d");
            let all = &term.args;
            let size = inner.parse().ok();
            let size = size.or_else(|| number(all, &["kernel_size", "kernel", "k"]));
            let size = size.or_else(|| numbers(all).first().copied()).unwrap_or(2);
            let second = numbers(all)
                .get(1)
                .copied()
                .filter(|_| !all.contains(|c: char| c.is_alphabetic()));
            let stride = number(all, &["stride", "s"]).or(second).unwrap_or(size);
            let padding = number(all, &["padding", "pad", "p"]).unwrap_or(0);
            Some(format!("{kind} {size} {stride} {padding}"))
        };
        match word.as_str() {
            "global" | "adaptive" => {
                let rest = [
                    "average",
                    "avg",
                    "pool",
                    "pooling",
                    "averagepool",
                    "avgpool",
                    "avgpool2d",
                ];
                let of_pool = |term: &&Term| rest.contains(&term.word.replace('_', "").as_str());
                self.skipped = following.iter().take_while(of_pool).count();
                self.gap();
            }
            "gap" | "globalavgpool" | "globalaveragepool" | "adaptiveavgpool2d" => self.gap(),
            "flatten" => {
                self.channels = None;
                self.steps.push(word);
            }
            "unflatten" | "view" | "reshape" => {
                let sizes = numbers(&term.args);
                let [.., channels, height, width] = sizes[..] else {
                    return true;
                };
                self.channels = Some(channels);
                self.steps.push(format!("view {channels} {height} {width}"));
            }
            "upsample" | "interpolate" => {
                let factor = number(&term.args, &["scale_factor", "scale", "x"]);
                let factor = factor.or_else(|| numbers(&term.args).first().copied());
                let linear = usize::from(term.args.contains("bilinear"));
                self.steps
                    .push(format!("upsample {} {linear}", factor.unwrap_or(2)));
            }
            _ => {
                let Some(step) = pool("maxpool").or_else(|| pool("avgpool")) else {
                    return false;
                };
                self.steps.push(step);
            }
        }
        true
    }

    fn gap(&mut self) {
        self.channels = None;
        self.steps.push("gap".to_owned());
    }

    /// Takes a word for a module, by its path or by what kind it is of; words that are neither say nothing.
    /// None where there is no such module left.
    fn module(&mut self, term: &Term, following: &[Term]) -> Option<()> {
        let modules = &self.model.modules;
        let named = modules
            .iter()
            .position(|module| {
                module.path.to_lowercase() == term.word || module.name().to_lowercase() == term.word
            })
            .filter(|place| !self.used[*place]);
        let layer = |class: &(Kind, _)| matches!(class.0, Kind::Conv | Kind::Matrix);
        let class = class(term).filter(|class| self.bare || !layer(class) || !term.args.is_empty());
        // `enc1 Conv2d(8)` names one module twice.
        let twice = following
            .first()
            .filter(|next| named.is_some() && term.args.is_empty() && self::class(next).is_some());
        let (class, args) = match twice {
            Some(next) => {
                self.skipped = 1;
                (self::class(next), &next.args)
            }
            None => (class, &term.args),
        };
        let Some(place) = named.or_else(|| {
            let (kind, _) = class?;
            (0..modules.len()).find(|place| !self.used[*place] && modules[*place].kind == kind)
        }) else {
            return if class.is_some() { None } else { Some(()) };
        };
        self.used[place] = true;
        self.step(
            &modules[place],
            class.and_then(|(_, transposed)| transposed),
            args,
        )
    }

    /// Goes through a module.
    fn step(&mut self, module: &Module, transposed: Option<bool>, args: &str) -> Option<()> {
        match module.kind {
            Kind::Conv => self.convolution(module, transposed, args),
            Kind::Matrix => {
                let flat = self.channels.is_none() && self.features == module.shape[1];
                if self.model.input.len() > 2
                    && !flat
                    && self.steps.last().is_none_or(|last| last != "flatten")
                {
                    self.steps.push("flatten".to_owned());
                }
                (self.channels, self.features) = (None, module.shape[0]);
                self.steps.push(plain(module, false));
                Some(())
            }
            Kind::BatchNorm | Kind::LayerNorm => {
                self.steps.push(plain(module, self.channels.is_some()));
                Some(())
            }
            _ => None,
        }
    }

    fn convolution(&mut self, module: &Module, transposed: Option<bool>, args: &str) -> Option<()> {
        let [first, second, kernel, _] = module.shape[..] else {
            return None;
        };
        let silent = if self.silent.1 { kernel / 2 } else { 0 };
        let stride = number(args, &["stride", "s"]).unwrap_or(self.silent.0);
        let same = if args.contains("same") {
            kernel / 2
        } else {
            silent
        };
        let padding = number(args, &["padding", "pad", "p"]).unwrap_or(same);
        let channels = match self.channels {
            Some(channels) => channels,
            None => {
                // Vectors become square images.
                let channels = if transposed == Some(false) {
                    second
                } else {
                    first
                };
                let side = (self.features / channels.max(1)).isqrt();
                self.steps.push(format!("view {channels} {side} {side}"));
                channels
            }
        };
        let (path, bias) = (&module.path, module.biased());
        if transposed.unwrap_or_else(|| module.is_transposed(channels)) {
            let more = number(args, &["output_padding", "outpad", "out_pad", "op"]).unwrap_or(0);
            self.channels = Some(second);
            self.steps.push(format!(
                "deconv {path} {bias} {kernel} {stride} {padding} {more}"
            ));
        } else {
            let dilation = number(args, &["dilation", "d"]).unwrap_or(1);
            let groups = (channels / second.max(1)).max(1);
            self.channels = Some(first);
            self.steps.push(format!(
                "conv {path} {bias} {groups} {kernel} {stride} {padding} {dilation}"
            ));
        }
        Some(())
    }
}

/// The kind of module that a word is the class of; of a convolution also whether it is transposed.
fn class(term: &Term) -> Option<(Kind, Option<bool>)> {
    Some(match term.stem().replace('_', "").as_str() {
        "conv" => (Kind::Conv, Some(false)),
        "convtranspose" | "convt" | "deconv" | "tconv" | "upconv" | "transposedconv" => {
            (Kind::Conv, Some(true))
        }
        "linear" | "fc" | "dense" => (Kind::Matrix, None),
        "batchnorm" | "bn" => (Kind::BatchNorm, None),
        "layernorm" | "ln" => (Kind::LayerNorm, None),
        _ => return None,
    })
}
