//! Stub.
/// Stub.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Binary { Add, Sub, Mul, Div, Max, Min, Pow, Greater, Equal, Less }
