//! Arithmetic on sizes as written in definitions: `Linear<_, channels * 2>`.

use super::Scope;
use crate::shape::{Arg, FaultKind, Value};

const TOO_LARGE: &str = "is too large to count with";
const BY_ZERO: &str = "divides by 0";

impl Scope<'_> {
    /// A dimension parameter of this network: what was given for it, or its unknown.
    pub const fn dimension(self, name: &'static str, given: Arg) -> Arg {
        match given.value {
            Value::Open => Arg {
                value: Value::Size(self.trace.parameter_size(self.id, name, given.at)),
                ..given
            },
            _ if self.id == 0 => Arg {
                given: name,
                ..given
            },
            _ => {
                if let Some(size) = given.known() {
                    self.trace.note_size(self.id, name, size);
                }
                given
            }
        }
    }

    /// a + b.
    pub const fn size_sum(self, a: Arg, b: Arg) -> Arg {
        self.combined("+", a, b)
    }

    /// a − b.
    pub const fn size_difference(self, a: Arg, b: Arg) -> Arg {
        self.combined("-", a, b)
    }

    /// a · b.
    pub const fn size_product(self, a: Arg, b: Arg) -> Arg {
        self.combined("*", a, b)
    }

    /// a / b, which must leave no remainder.
    pub const fn size_quotient(self, a: Arg, b: Arg) -> Arg {
        self.combined("/", a, b)
    }

    /// a % b.
    pub const fn size_remainder(self, a: Arg, b: Arg) -> Arg {
        self.combined("%", a, b)
    }

    const fn combined(self, operation: &'static str, a: Arg, b: Arg) -> Arg {
        let (x, y) = (self.dim_of(&a), self.dim_of(&b));
        let result = match (self.trace.value(x), self.trace.value(y)) {
            (Some(x), Some(y)) => {
                let (result, why) = match operation.as_bytes()[0] {
                    b'+' => (x.checked_add(y), TOO_LARGE),
                    b'-' => (x.checked_sub(y), "is below 0"),
                    b'*' => (x.checked_mul(y), TOO_LARGE),
                    _ if y == 0 => (None, BY_ZERO),
                    b'%' => (Some(x % y), ""),
                    _ if x % y == 0 => (Some(x / y), ""),
                    _ => (None, "is not a whole number"),
                };
                if result.is_none() {
                    let operands = (Some(x), y);
                    let fault = FaultKind::Arithmetic {
                        operation,
                        operands,
                        why,
                    };
                    self.trace.fault_at(fault, a.at);
                }
                result
            }
            (None, Some(0)) if matches!(operation.as_bytes()[0], b'/' | b'%') => {
                let fault = FaultKind::Arithmetic {
                    operation,
                    operands: (None, 0),
                    why: BY_ZERO,
                };
                self.trace.fault_at(fault, a.at);
                None
            }
            _ => None,
        };
        Arg {
            value: Value::Size(self.derived(&[x, y], result)),
            at: a.at,
            given: "",
        }
    }
}
