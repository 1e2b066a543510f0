//! Residual networks for small images.

use super::modules::{Kind, Module};
use super::{Model, join, plain};

/// A block: its convolutions, and those of the way around them.
#[derive(Default)]
struct Block<'m> {
    main: Vec<&'m Module>,
    around: Vec<&'m Module>,
}

impl Block<'_> {
    /// Whether a module of its own level is of the way around: by its name, by the channels that it takes, or by what it
    /// follows.
    fn goes_around(&self, module: &Module) -> bool {
        if module.kind != Kind::Conv {
            return !self.around.is_empty();
        }
        let main = self.main.iter().filter(|module| module.kind == Kind::Conv);
        let main: Vec<&&Module> = main.collect();
        let [first, .., last] = main[..] else {
            return false;
        };
        let name = module.name().to_lowercase();
        let hints = ["short", "down", "proj", "skip"];
        let starts = first.shape[1] == module.shape[1] && last.shape[0] != module.shape[1];
        starts || hints.iter().any(|hint| name.contains(hint))
    }
}

/// A residual network.
struct Parts<'m> {
    stem: Vec<&'m Module>,
    blocks: Vec<Block<'m>>,
    head: &'m [Module],
}

/// The networks that blocks of convolutions may be: which of those with convolutions on the way around make images
/// smaller is not in the state dict. Most do; in the first stage hardly any does.
pub fn readings(model: &Model<'_>) -> Vec<String> {
    let Some(parts) = named(&model.modules).or_else(|| counted(&model.modules)) else {
        return Vec::new();
    };
    let projected = parts
        .blocks
        .iter()
        .filter(|block| !block.around.is_empty())
        .count();
    let pools: &[&str] = if model.says(&["maxpool", "max pool"]) {
        &["", "maxpool 3 2 1", "maxpool 2 2 0"]
    } else {
        &[""]
    };
    let mut readings = Vec::new();
    for function in model.functions().iter().take(5) {
        for pool in pools {
            for kept in 0..1usize << projected.min(6) {
                readings.push(parts.read(function, pool, kept));
            }
        }
    }
    readings
}

/// Blocks by the names of their convolutions: several below one path.
fn named(modules: &[Module]) -> Option<Parts<'_>> {
    let parent = |path: &str| {
        path.rsplit_once('.')
            .map_or("", |(parent, _)| parent)
            .to_owned()
    };
    let convolutions = |path: &str| {
        let below = |module: &&Module| module.kind == Kind::Conv && parent(&module.path) == path;
        modules.iter().filter(below).count()
    };
    let is_block = |path: &str| !path.is_empty() && convolutions(path) >= 2;
    let mut parts = Parts {
        stem: Vec::new(),
        blocks: Vec::new(),
        head: &[],
    };
    let mut current = String::new();
    for (index, module) in modules.iter().enumerate() {
        let (own, above) = (parent(&module.path), parent(&parent(&module.path)));
        let (path, around) = if is_block(&own) {
            (own, false)
        } else if is_block(&above) {
            (above, true)
        } else if parts.blocks.is_empty() && module.kind != Kind::Matrix {
            parts.stem.push(module);
            continue;
        } else {
            parts.head = &modules[index..];
            break;
        };
        if path != current {
            parts.blocks.push(Block::default());
            current = path;
        }
        let block = parts.blocks.last_mut()?;
        if around || block.goes_around(module) {
            block.around.push(module);
        } else {
            block.main.push(module);
        }
    }
    (!parts.blocks.is_empty()).then_some(parts)
}

/// Blocks by counting, where names do not tell: two convolutions, and one of single pixels for the way around.
fn counted(modules: &[Module]) -> Option<Parts<'_>> {
    let head = modules
        .iter()
        .position(|module| module.kind == Kind::Matrix)?;
    let (body, head) = modules.split_at(head);
    // A convolution and what follows it.
    let mut pieces: Vec<Vec<&Module>> = Vec::new();
    for module in body {
        match module.kind {
            Kind::Conv => pieces.push(vec![module]),
            _ => pieces.last_mut()?.push(module),
        }
    }
    let mut pieces = pieces.into_iter().peekable();
    let mut parts = Parts {
        stem: pieces.next()?,
        blocks: Vec::new(),
        head,
    };
    while let Some(first) = pieces.next() {
        let main = [first, pieces.next()?].concat();
        let is_around = |piece: &Vec<&Module>| piece[0].shape[3] == 1;
        let around = pieces.next_if(is_around).unwrap_or_default();
        parts.blocks.push(Block { main, around });
    }
    (!parts.blocks.is_empty()).then_some(parts)
}

impl Parts<'_> {
    /// The network with a function everywhere; `kept` has a bit for each block with a projection that leaves
    /// images as large as they are, the first one's last.
    fn read(&self, function: &str, pool: &str, kept: usize) -> String {
        let mut steps = vec![
            through(&self.stem, 1, function),
            function.to_owned(),
            pool.to_owned(),
        ];
        let mut projections = 0;
        for block in &self.blocks {
            let stride = if block.around.is_empty() {
                1
            } else {
                projections += 1;
                2 - (kept >> (projections - 1) & 1)
            };
            steps.extend([
                "keep".to_owned(),
                through(&block.main, stride, function),
                "swap".to_owned(),
                through(&block.around, stride, function),
                "add".to_owned(),
                function.to_owned(),
            ]);
        }
        steps.push("gap".to_owned());
        steps.extend(self.head.iter().map(|module| plain(module, false)));
        join(steps)
    }
}

/// Convolutions and their norms, with a function between two. Of three the middle one has the stride, otherwise the first.
fn through(modules: &[&Module], stride: usize, function: &str) -> String {
    let count = modules
        .iter()
        .filter(|module| module.kind == Kind::Conv)
        .count();
    let strided = usize::from(count == 3);
    let (convolutions, norms): (Vec<&Module>, Vec<&Module>) =
        modules.iter().partition(|module| module.kind == Kind::Conv);
    let (mut steps, mut norms) = (Vec::new(), norms.into_iter());
    for (index, module) in convolutions.into_iter().enumerate() {
        let (path, bias, kernel) = (&module.path, module.biased(), module.shape[3]);
        let stride = if index == strided { stride } else { 1 };
        let padding = kernel / 2;
        steps.push(format!(
            "conv {path} {bias} 1 {kernel} {stride} {padding} 1"
        ));
        steps.extend(norms.next().map(|norm| plain(norm, true)));
        if index + 1 < count {
            steps.push(function.to_owned());
        }
    }
    join(steps)
}
