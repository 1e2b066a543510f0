//! The table of classes: which definition of netdsl is which class of `torch.nn`, and how its
//! arguments are passed.

use super::options::Options;
use netdsl::graph::{Scope, Tensor};
use netdsl::layer::*;
use netdsl::loss::*;
use netdsl::shape::Arg;

/// Results by name, as in `out.1.0`.
type Results<'t> = Result<Vec<(&'static str, Tensor<'t>)>, String>;

/// A definition with its options: from arguments to results.
pub type Forward = Box<dyn for<'t> Fn(Scope<'t>, &Given<'t>) -> Results<'t>>;

/// The arguments of forward and the constructor's tensors, by path.
pub struct Given<'t> {
    /// Paths, tensors, and whether they stand for true and false.
    tensors: Vec<(&'static str, Tensor<'t>, bool)>,
    flags: Vec<(String, bool)>,
}

impl<'t> Given<'t> {
    /// These tensors and switches.
    pub fn new(tensors: Vec<(&'static str, Tensor<'t>, bool)>, flags: Vec<(String, bool)>) -> Self {
        Self { tensors, flags }
    }

    fn find(&self, name: &str) -> Option<Tensor<'t>> {
        self.tensors
            .iter()
            .find(|(own, ..)| *own == name)
            .map(|(_, tensor, _)| *tensor)
    }

    fn get(&self, name: &str) -> Result<Tensor<'t>, String> {
        self.find(name)
            .ok_or_else(|| format!("there is no argument `{name}`"))
    }

    /// The only argument, whatever it is called.
    fn only(&self) -> Result<Tensor<'t>, String> {
        match self.tensors.as_slice() {
            [(_, tensor, _)] => Ok(*tensor),
            all => Err(format!("one argument is wanted, there are {}", all.len())),
        }
    }

    fn mask(&self, name: &str) -> Option<Mask<'t>> {
        let (_, tensor, boolean) = *self.tensors.iter().find(|(own, ..)| *own == name)?;
        Some(if boolean {
            Mask::Exclude(tensor)
        } else {
            Mask::Add(tensor)
        })
    }

    fn flag(&self, name: &str, default: bool) -> bool {
        self.flags
            .iter()
            .find(|(own, _)| own == name)
            .map_or(default, |(_, flag)| *flag)
    }

    /// A mask that a switch may have announced.
    fn hinted_mask(&self, name: &str) -> Result<Option<Mask<'t>>, String> {
        let mask = self.mask(name);
        if self.flag("is_causal", false) && mask.is_none() {
            return Err(format!("is_causal without `{name}`"));
        }
        Ok(mask)
    }
}

fn boxed<F>(forward: F) -> Result<Forward, String>
where
    F: for<'t> Fn(Scope<'t>, &Given<'t>) -> Results<'t> + 'static,
{
    Ok(Box::new(forward))
}

/// The definition of a class with options.
pub fn definition(class: &str, options: &Options<'_>) -> Result<Forward, String> {
    layer(class, options)
        .or_else(|| loss(class, options))
        .unwrap_or_else(|| Err(format!("there is no class {class}")))
}

/// One tensor in, one out.
macro_rules! plain {
    ($options:expr, $kind:ty) => {{
        let layer: $kind = match $options.apply(&[]) {
            Ok(layer) => layer,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| Ok(vec![("out.0", layer.forward(at, given.only()?))]))
    }};
}

/// As `plain`, with the places of maxima if asked for.
macro_rules! indexed {
    ($options:expr, $kind:ty) => {{
        let indices = $options.flag("return_indices");
        let layer: $kind = match $options.apply(&["return_indices"]) {
            Ok(layer) => layer,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| {
            if !indices {
                return Ok(vec![("out.0", layer.forward(at, given.only()?))]);
            }
            let (y, places) = layer.with_indices(at, given.only()?);
            Ok(vec![("out.0", y), ("out.1", places)])
        })
    }};
}

/// A sequence and states in, a sequence and states out.
macro_rules! recurrent {
    ($options:expr, $kind:ty) => {{
        let layer: $kind = match $options.apply(&[]) {
            Ok(layer) => layer,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| {
            let x = given.get("input")?;
            let (y, state) = match given.find("hx") {
                Some(hx) => layer.forward_from(at, x, hx),
                None => layer.forward(at, x),
            };
            Ok(vec![("out.0", y), ("out.1", state)])
        })
    }};
}

/// A tensor and perhaps a state in, a state out.
macro_rules! cell {
    ($options:expr, $kind:ty) => {{
        let layer: $kind = match $options.apply(&[]) {
            Ok(layer) => layer,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| {
            let x = given.get("input")?;
            let state = match given.find("hx") {
                Some(hx) => layer.forward_from(at, x, hx),
                None => layer.forward(at, x),
            };
            Ok(vec![("out.0", state)])
        })
    }};
}

/// A result and a target in, a loss out; the constructor's `weight` beside them.
macro_rules! loss {
    ($options:expr, $kind:ty, weighted) => {{
        let loss: $kind = match $options.apply(&[]) {
            Ok(loss) => loss,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| {
            let weight = given.find("ctor.weight");
            Ok(vec![(
                "out.0",
                loss.forward_weighted(at, given.get("input")?, given.get("target")?, weight),
            )])
        })
    }};
    ($options:expr, $kind:ty) => {{
        let loss: $kind = match $options.apply(&[]) {
            Ok(loss) => loss,
            Err(why) => return Some(Err(why)),
        };
        boxed(move |at, given| {
            Ok(vec![(
                "out.0",
                loss.forward(at, given.get("input")?, given.get("target")?),
            )])
        })
    }};
}

macro_rules! table {
    ($class:expr, $options:expr, { $($how:ident: $($name:ident = $kind:ident $($more:ident)?),+;)+ }) => {
        match $class {
            $($(stringify!($name) => $how!($options, $kind $(, $more)?),)+)+
            _ => return None,
        }
    };
}

fn layer(class: &str, options: &Options<'_>) -> Option<Result<Forward, String>> {
    match class {
        "Bilinear" => return Some(bilinear(options)),
        "LSTM" => return Some(lstm(options)),
        "LSTMCell" => return Some(lstm_cell(options)),
        "MultiheadAttention" => return Some(attention(options)),
        "TransformerEncoderLayer" => return Some(encoder(options)),
        "TransformerDecoderLayer" => return Some(decoder(options)),
        _ => {}
    }
    Some(table!(class, options, {
        plain: Linear = Linear, Embedding = Embedding, Flatten = Flatten, Unflatten = Unflatten;
        plain: Conv1d = Conv1d, Conv2d = Conv2d, Conv3d = Conv3d;
        plain: ConvTranspose1d = ConvTranspose1d, ConvTranspose2d = ConvTranspose2d, ConvTranspose3d = ConvTranspose3d;
        indexed: MaxPool1d = MaxPool1d, MaxPool2d = MaxPool2d, MaxPool3d = MaxPool3d;
        indexed: AdaptiveMaxPool1d = AdaptiveMaxPool1d, AdaptiveMaxPool2d = AdaptiveMaxPool2d;
        indexed: AdaptiveMaxPool3d = AdaptiveMaxPool3d;
        plain: AvgPool1d = AvgPool1d, AvgPool2d = AvgPool2d, AvgPool3d = AvgPool3d;
        plain: AdaptiveAvgPool1d = AdaptiveAvgPool1d, AdaptiveAvgPool2d = AdaptiveAvgPool2d;
        plain: AdaptiveAvgPool3d = AdaptiveAvgPool3d;
        plain: BatchNorm1d = BatchNorm1d, BatchNorm2d = BatchNorm2d, BatchNorm3d = BatchNorm3d;
        plain: InstanceNorm1d = InstanceNorm1d, InstanceNorm2d = InstanceNorm2d, InstanceNorm3d = InstanceNorm3d;
        plain: GroupNorm = GroupNorm, LayerNorm = LayerNorm, RMSNorm = RmsNorm;
        plain: LocalResponseNorm = LocalResponseNorm;
        plain: ReLU = Relu, ReLU6 = Relu6, LeakyReLU = LeakyRelu, PReLU = PRelu, ELU = Elu, CELU = Celu, SELU = Selu;
        plain: GELU = Gelu, SiLU = Silu, Mish = Mish, Sigmoid = Sigmoid, LogSigmoid = LogSigmoid, Tanh = Tanh;
        plain: Softplus = Softplus, Softsign = Softsign, Hardtanh = Hardtanh, Hardsigmoid = Hardsigmoid;
        plain: Hardswish = Hardswish, Threshold = Threshold, GLU = Glu;
        plain: Tanhshrink = Tanhshrink, Softshrink = Softshrink, Hardshrink = Hardshrink;
        plain: Softmax = Softmax, LogSoftmax = LogSoftmax, Softmin = Softmin, Softmax2d = Softmax2d;
        plain: Dropout = Dropout, Dropout1d = Dropout1d, Dropout2d = Dropout2d, Dropout3d = Dropout3d;
        plain: AlphaDropout = AlphaDropout;
        plain: PixelShuffle = PixelShuffle, PixelUnshuffle = PixelUnshuffle, Upsample = Upsample;
        plain: ZeroPad1d = ZeroPad1d, ZeroPad2d = ZeroPad2d, ZeroPad3d = ZeroPad3d;
        plain: ConstantPad1d = ConstantPad1d, ConstantPad2d = ConstantPad2d, ConstantPad3d = ConstantPad3d;
        plain: ReflectionPad1d = ReflectionPad1d, ReflectionPad2d = ReflectionPad2d, ReflectionPad3d = ReflectionPad3d;
        plain: ReplicationPad1d = ReplicationPad1d, ReplicationPad2d = ReplicationPad2d;
        plain: ReplicationPad3d = ReplicationPad3d, Identity = Identity;
        plain: CircularPad1d = CircularPad1d, CircularPad2d = CircularPad2d, CircularPad3d = CircularPad3d;
        recurrent: RNN = Rnn, GRU = Gru;
        cell: RNNCell = RnnCell, GRUCell = GruCell;
    }))
}

fn loss(class: &str, options: &Options<'_>) -> Option<Result<Forward, String>> {
    if class == "BCEWithLogitsLoss" {
        return Some(logits(options));
    }
    Some(table!(class, options, {
        loss: CrossEntropyLoss = CrossEntropyLoss weighted, NLLLoss = NllLoss weighted, BCELoss = BceLoss weighted;
        loss: MSELoss = MseLoss, L1Loss = L1Loss, SmoothL1Loss = SmoothL1Loss, HuberLoss = HuberLoss;
        loss: KLDivLoss = KlDivLoss;
    }))
}

fn bilinear(options: &Options<'_>) -> Result<Forward, String> {
    let layer: Bilinear = options.apply(&[])?;
    boxed(move |at, given| {
        Ok(vec![(
            "out.0",
            layer.forward(at, given.get("input1")?, given.get("input2")?),
        )])
    })
}

fn lstm(options: &Options<'_>) -> Result<Forward, String> {
    let layer: Lstm = options.apply(&[])?;
    boxed(move |at, given| {
        let x = given.get("input")?;
        let (y, (hidden, cell)) = match (given.find("hx.0"), given.find("hx.1")) {
            (Some(hidden), Some(cell)) => layer.forward_from(at, x, (hidden, cell)),
            _ => layer.forward(at, x),
        };
        Ok(vec![("out.0", y), ("out.1.0", hidden), ("out.1.1", cell)])
    })
}

fn lstm_cell(options: &Options<'_>) -> Result<Forward, String> {
    let layer: LstmCell = options.apply(&[])?;
    boxed(move |at, given| {
        let x = given.get("input")?;
        let (hidden, cell) = match (given.find("hx.0"), given.find("hx.1")) {
            (Some(hidden), Some(cell)) => layer.forward_from(at, x, (hidden, cell)),
            _ => layer.forward(at, x),
        };
        Ok(vec![("out.0", hidden), ("out.1", cell)])
    })
}

fn attention(options: &Options<'_>) -> Result<Forward, String> {
    let layer: MultiheadAttention = options.apply(&[])?;
    boxed(move |at, given| {
        let layer = MultiheadAttention {
            average_attn_weights: Arg::flag(given.flag("average_attn_weights", true)),
            need_weights: Arg::flag(given.flag("need_weights", true)),
            ..layer
        };
        let (query, key, value) = (given.get("query")?, given.get("key")?, given.get("value")?);
        let (padding, pairs) = (
            given.mask("key_padding_mask"),
            given.hinted_mask("attn_mask")?,
        );
        let (y, weights) = layer.forward_masked(at, query, key, value, padding, pairs);
        Ok(vec![("out.0", y), ("out.1", weights)])
    })
}

fn encoder(options: &Options<'_>) -> Result<Forward, String> {
    let layer: TransformerEncoderLayer = options.apply(&[])?;
    boxed(move |at, given| {
        let (pairs, padding) = (
            given.hinted_mask("src_mask")?,
            given.mask("src_key_padding_mask"),
        );
        Ok(vec![(
            "out.0",
            layer.forward_masked(at, given.get("src")?, pairs, padding),
        )])
    })
}

fn decoder(options: &Options<'_>) -> Result<Forward, String> {
    let layer: TransformerDecoderLayer = options.apply(&[])?;
    boxed(move |at, given| {
        let y = layer.forward_masked(
            at,
            given.get("tgt")?,
            given.get("memory")?,
            given.hinted_mask("tgt_mask")?,
            given.hinted_mask("memory_mask")?,
            given.mask("tgt_key_padding_mask"),
            given.mask("memory_key_padding_mask"),
        );
        Ok(vec![("out.0", y)])
    })
}

fn logits(options: &Options<'_>) -> Result<Forward, String> {
    let loss: BceWithLogitsLoss = options.apply(&[])?;
    boxed(move |at, given| {
        let (weight, positive) = (given.find("ctor.weight"), given.find("ctor.pos_weight"));
        let (input, target) = (given.get("input")?, given.get("target")?);
        Ok(vec![(
            "out.0",
            loss.forward_weighted(at, input, target, weight, positive),
        )])
    })
}

/// How many inputs the modules of a class take.
pub fn arguments(class: &str) -> &'static [&'static str] {
    match class {
        "Bilinear" => &["input1", "input2"],
        "MultiheadAttention" => &["query", "key", "value"],
        "TransformerEncoderLayer" => &["src"],
        "TransformerDecoderLayer" => &["tgt", "memory"],
        _ => &["input"],
    }
}
