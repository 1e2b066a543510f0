//! Numerical kernels on slices. A kernel knows sizes and strides, never layers.

pub mod conv;
pub mod gemm;
