//! Stub.
/// Stub.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Unary { Neg, Abs, Sign, Square, Sqrt, Rsqrt, Recip, Exp, Log, Powf(f64), Scale(f64), Shift(f64), Clamp { min: f64, max: f64 }, Relu, LeakyRelu(f64), Relu6, Elu(f64), Selu, Celu(f64), Gelu, GeluTanh, Silu, Mish, Sigmoid, LogSigmoid, Tanh, Softplus { beta: f64, threshold: f64 }, Softsign, Hardtanh { min: f64, max: f64 }, Hardsigmoid, Hardswish, Threshold { threshold: f64, value: f64 }, Step }
