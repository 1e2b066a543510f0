//! Arithmetic on sizes as written in definitions: `Linear<_, channels * 2>`.

use super::Scope;
use crate::shape::{Arg, FaultKind, Value};

impl Scope<'_> {
    /// A dimension parameter of this network: what was given for it, or its unknown.
    pub const fn dimension(self, name: &'static str, given: Arg) -> Arg {
        match given.value {
            Value::Open => Arg {
                value: Value::Size(self.trace.parameter_size(self.id, name, given.at)),
                at: given.at,
            },
            _ => given,
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
                let result = match operation.as_bytes()[0] {
                    b'+' => x.checked_add(y),
                    b'-' => x.checked_sub(y),
                    b'*' => x.checked_mul(y),
                    b'%' => x.checked_rem(y),
                    _ if y != 0 && x % y == 0 => Some(x / y),
                    _ => None,
                };
                if result.is_none() {
                    self.trace.fault_at(FaultKind::Overflow { operation }, a.at);
                }
                result
            }
            _ => None,
        };
        Arg {
            value: Value::Size(self.derived(&[x, y], result)),
            at: a.at,
        }
    }
}
