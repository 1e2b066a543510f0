//! PyTorch's functions that are layers here, for they have parameters or options.

use super::arguments;
use super::given::in_rust;
use super::operations::Arguments;
use crate::syntax::shown;
use syn::Expr;

/// PyTorch's functions, and how the layer is declared.
const LAYERS: &[(&str, &str)] = &[
    ("linear", "Linear<_, 8>"),
    ("bilinear", "Bilinear<_, _, 8>"),
    ("conv1d", "Conv1d<_, 8, 3>"),
    ("conv2d", "Conv2d<_, 8, 3>"),
    ("conv3d", "Conv3d<_, 8, 3>"),
    ("conv_transpose1d", "ConvTranspose1d<_, 8, 3>"),
    ("conv_transpose2d", "ConvTranspose2d<_, 8, 3>"),
    ("conv_transpose3d", "ConvTranspose3d<_, 8, 3>"),
    ("batch_norm", "BatchNorm2d<_>"),
    ("instance_norm", "InstanceNorm2d<_>"),
    ("layer_norm", "LayerNorm<_>"),
    ("rms_norm", "RmsNorm<_>"),
    ("group_norm", "GroupNorm<4, _>"),
    ("local_response_norm", "LocalResponseNorm<5>"),
    ("embedding", "Embedding<10, 4>"),
    ("max_pool1d", "MaxPool1d<2>"),
    ("max_pool2d", "MaxPool2d<3>(stride = 2)"),
    ("max_pool3d", "MaxPool3d<2>"),
    ("avg_pool1d", "AvgPool1d<2>"),
    ("avg_pool2d", "AvgPool2d<3>(stride = 2)"),
    ("avg_pool3d", "AvgPool3d<2>"),
    ("adaptive_max_pool2d", "AdaptiveMaxPool2d<1>"),
    ("adaptive_avg_pool1d", "AdaptiveAvgPool1d<1>"),
    ("adaptive_avg_pool2d", "AdaptiveAvgPool2d<(4, 2)>"),
    ("gelu", "Gelu(approximate = \"tanh\")"),
    ("glu", "Glu"),
    ("celu", "Celu"),
    ("prelu", "PRelu"),
    ("tanhshrink", "Tanhshrink"),
    ("softshrink", "Softshrink"),
    ("hardshrink", "Hardshrink"),
    ("softplus", "Softplus(beta = 2.0)"),
    ("dropout1d", "Dropout1d"),
    ("dropout2d", "Dropout2d"),
    ("dropout3d", "Dropout3d"),
    ("alpha_dropout", "AlphaDropout"),
    ("pixel_shuffle", "PixelShuffle<2>"),
    ("pixel_unshuffle", "PixelUnshuffle<2>"),
];

/// What to declare instead of a function, and how that is called.
pub fn instead(function: &str, given: &Arguments) -> Option<String> {
    let x = match given.first() {
        Some(Expr::Assign(_)) | None => "x".to_owned(),
        Some(x) => arguments([x]),
    };
    let (layer, call) = match function {
        "scaled_dot_product_attention" | "multi_head_attention_forward" => {
            let message = "attention is a layer, declared in the struct, `attn: MultiheadAttention<_, 4>`, and called by its name, \
                `let (y, _) = attn(q, k, v);`; without parameters it is `(q.matmul_transposed(k) / d.sqrt()).softmax(-1).matmul(v)`, \
                where `d` is the size of the last axis";
            return Some(message.to_owned());
        }
        "interpolate" | "upsample" => (upsample(given), x),
        _ => {
            let (_, layer) = LAYERS.iter().find(|(name, _)| *name == function)?;
            ((*layer).to_owned(), x)
        }
    };
    Some(format!(
        "that is a layer, declared in the struct, such as `layer: {layer}`, and called by its name, `layer({call})`"
    ))
}

/// `Upsample(scale_factor = 2)`, with what was given.
fn upsample(given: &Arguments) -> String {
    let names = ["size", "scale_factor", "mode", "align_corners"];
    let options = given.iter().skip(1).zip(names);
    let options = options.filter_map(|(option, name)| match option {
        Expr::Assign(named) => Some((shown(&named.left), in_rust((*named.right).clone()))),
        Expr::Path(none) if none.path.is_ident("None") => None,
        value => Some((name.to_owned(), in_rust(value.clone()))),
    });
    let options = options.map(|(name, value)| format!("{name} = {}", arguments([&value])));
    let options: Vec<_> = options.collect();
    match options.is_empty() {
        true => "Upsample(scale_factor = 2)".to_owned(),
        false => format!("Upsample({})", options.join(", ")),
    }
}
