//! Numerical kernels on slices. A kernel knows sizes and strides, never layers.
//!
//! Arrays are dense and row-major unless strides are given. No kernel allocates, and none lets the
//! number of threads show: work is split by sizes alone, and sums are taken in a fixed order.

pub mod math;
pub(crate) mod simd;
pub mod unary;

/// The most axes an array may have; bounds the counters kernels keep on the stack.
pub const MAX_RANK: usize = 8;

/// Elements of work below which a kernel stays on the calling thread.
///
/// Waking the pool costs a few microseconds, in which one core already streams about this many
/// elements through an addition.
pub const SERIAL: usize = 16 * 1024;
