//! The layers that take one tensor and give one: [`UnaryLayer`](crate::UnaryLayer).

use super::*;
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Stands in definitions for a kind that nobody has chosen yet, within the type of a layer: `Wrap::<B>`.
    pub struct AnyKind;
}

impl AnyKind {
    /// x: any shape → any shape
    pub const fn forward<'t>(&self, _at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        x.unknown()
    }
}

crate::unary_layer! {
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d,
    AdaptiveMaxPool3d, AlphaDropout, AnyKind, AvgPool1d, AvgPool2d, AvgPool3d, BatchNorm1d, BatchNorm2d,
    BatchNorm3d, Celu, CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d,
    ConstantPad3d, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Dropout,
    Dropout1d, Dropout2d, Dropout3d, Elu, Embedding, Flatten, Gelu, Glu, GroupNorm, Hardshrink, Hardsigmoid,
    Hardswish, Hardtanh, Identity, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, LayerNorm, LeakyRelu,
    Linear, LogSigmoid, LogSoftmax, MaxPool1d, MaxPool2d, MaxPool3d, Mish, PRelu, PixelShuffle,
    PixelUnshuffle, ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, Relu, Relu6, ReplicationPad1d,
    ReplicationPad2d, ReplicationPad3d, RmsNorm, Selu, Sigmoid, Silu, Softmax, Softmax2d, Softmin, Softplus,
    Softshrink, Softsign, Tanh, Tanhshrink, Threshold, TransformerEncoderLayer, Unflatten, Upsample,
    ZeroPad1d, ZeroPad2d, ZeroPad3d,
}
