//! Layers that a body calls by their kinds, as functions: `Relu(x)`.
//!
//! `network!` has names in capitals that are called looked for among these before Rust looks around the network, and shows
//! the struct that it finds instead of a function. They note what is wrong, and go on with a tensor of unknown shape. What
//! has another name, `Some(x)` or a tuple struct of the user's, is what it is anywhere.

#![allow(non_snake_case)]

use crate::graph::Tensor;
use crate::shape::FaultKind;
use crate::{Part, layer};

/// Functions of these names, in a module for each number of arguments: functions of Rust's have one each.
macro_rules! undeclared {
    ($($kind:ident $($operation:literal)?,)*) => {
        undeclared! { @one [] $($kind [$($operation)?],)* }
        undeclared! { @two [A] $($kind [$($operation)?],)* }
        undeclared! { @three [A B] $($kind [$($operation)?],)* }
    };
    (@$number:ident $others:tt $($kind:ident $operation:tt,)*) => {
        pub mod $number {
            use super::*;

            $(undeclared! { @function $others $kind $operation })*
        }
    };
    (@function [$($other:ident)*] $kind:ident [$($operation:literal)?]) => {
        #[doc(hidden)]
        #[track_caller]
        pub const fn $kind<'t $(, $other: Copy)*>(x: Tensor<'t> $(, _: $other)*) -> Tensor<'t> {
            let operations: &[&'static str] = &[$($operation)?];
            fault(x, stringify!($kind), <layer::$kind as Part>::SIZES, operations.first().copied())
        }
    };
}

/// Tells that something is no function, and what to write instead.
#[track_caller]
pub const fn not_a_function<'t>(x: Tensor<'t>, instead: &'static str) -> Tensor<'t> {
    x.trace().fault(FaultKind::NoFunction { instead });
    x.unknown()
}

const fn fault<'t>(
    x: Tensor<'t>,
    kind: &'static str,
    sizes: &'static [&'static str],
    operation: Option<&'static str>,
) -> Tensor<'t> {
    x.trace().fault(FaultKind::Undeclared {
        kind,
        sizes,
        operation,
    });
    x.unknown()
}

// Those that are operations as well come with what to write.
undeclared! {
    Relu "relu()", Relu6 "relu6()", LeakyRelu "leaky_relu(0.01)", Elu "elu(1.0)", Selu "selu()", Gelu "gelu()",
    Silu "silu()", Mish "mish()", Sigmoid "sigmoid()", LogSigmoid "log_sigmoid()", Tanh "tanh()",
    Softplus "softplus()", Softsign "softsign()", Hardtanh "clamp(-1.0, 1.0)", Hardsigmoid "hardsigmoid()",
    Hardswish "hardswish()", Softmax "softmax(1)", LogSoftmax "log_softmax(1)", Dropout "dropout(0.5)",
    Flatten "flatten()", MaxPool2d "max_pool2d(2)", AvgPool2d "avg_pool2d(2)",
    AdaptiveAvgPool2d "adaptive_avg_pool2d(1)",
    Celu, Tanhshrink, Softshrink, Hardshrink, Threshold, PRelu, Glu, Softmin, Softmax2d,
    Linear, Bilinear, Identity, Embedding, Unflatten, Upsample, PixelShuffle, PixelUnshuffle,
    Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d,
    BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d,
    LayerNorm, RmsNorm, GroupNorm, LocalResponseNorm, AlphaDropout, Dropout1d, Dropout2d, Dropout3d,
    MaxPool1d, MaxPool3d, AvgPool1d, AvgPool3d, AdaptiveAvgPool1d, AdaptiveAvgPool3d,
    AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
    Rnn, Gru, Lstm, RnnCell, GruCell, LstmCell,
    ZeroPad1d, ZeroPad2d, ZeroPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d, CircularPad1d, CircularPad2d,
    CircularPad3d, ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, ReplicationPad1d, ReplicationPad2d,
    ReplicationPad3d,
    MultiheadAttention, TransformerEncoderLayer, TransformerDecoderLayer,
}
