//! Arithmetic on sizes as written in definitions: `Linear<_, channels * 2>`.

use super::{Scope, solve};
use crate::graph::trace::Made;
use crate::shape::{Arg, Dim, FaultKind, Given, Value};
use std::panic::Location;

impl Scope<'_> {
    /// A dimension parameter of this network, or a `const` one: what was given for it, or its unknown.
    pub const fn dimension(self, name: &'static str, constant: bool, given: Arg) -> Arg {
        match given.value {
            Value::Open => Arg {
                value: Value::Size(self.trace.parameter_size(self.id, name, given.at)),
                ..given
            },
            _ if self.id == 0 => Arg {
                given: Some(Given { name, constant }),
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

    /// ⌊a / b⌋, as Rust divides numbers: for options. Nothing is inferred from it.
    pub const fn number_quotient(self, a: Arg, b: Arg) -> Arg {
        let (x, y) = (self.dim_of(&a), self.dim_of(&b));
        self.note_computed(a, b);
        let found = match (self.trace.value(x), self.trace.value(y)) {
            (x, Some(0)) => self.no_size("/", (x, 0), solve::BY_ZERO, a.at),
            (Some(x), Some(y)) => Some(x / y),
            _ => None,
        };
        Arg {
            value: Value::Size(self.derived(&[x, y], found)),
            at: a.at,
            given: None,
        }
    }

    /// a % b.
    pub const fn size_remainder(self, a: Arg, b: Arg) -> Arg {
        self.combined("%", a, b)
    }

    /// Notes where an expression of sizes is written: what is wrong with it is told there.
    #[track_caller]
    pub const fn expression(self) {
        self.trace.pass(Location::caller());
    }

    /// A size computed from two. Each of the three follows from the two others.
    const fn combined(self, operation: &'static str, a: Arg, b: Arg) -> Arg {
        let (x, y) = (self.dim_of(&a), self.dim_of(&b));
        self.note_computed(a, b);
        let result = match (self.trace.value(x), self.trace.value(y)) {
            (Some(x), Some(y)) => match solve::result(operation, x, y) {
                Ok(result) => Some(result),
                Err(why) => self.no_size(operation, (Some(x), y), why, a.at),
            },
            (None, Some(0)) if matches!(operation.as_bytes()[0], b'/' | b'%') => {
                self.no_size(operation, (None, 0), solve::BY_ZERO, a.at)
            }
            _ => None,
        };
        let dim = self.derived(&[x, y], result);
        self.solve(operation, (x, y), dim, a.at);
        Arg {
            value: Value::Size(dim),
            at: a.at,
            given: None,
        }
    }

    /// Notes that other sizes are computed from a number that was given.
    const fn note_computed(self, a: Arg, b: Arg) {
        if a.given.is_some() || b.given.is_some() {
            self.trace.note_computed();
        }
    }

    const fn no_size(
        self,
        operation: &'static str,
        operands: (Option<usize>, usize),
        why: &'static str,
        at: Option<&'static Location<'static>>,
    ) -> Option<usize> {
        let kind = FaultKind::NoSize {
            operation,
            operands,
            why,
        };
        self.trace.fault_at(kind, at);
        None
    }

    /// Learns the only unknown among two sizes from what is computed of them.
    const fn solve(
        self,
        operation: &'static str,
        (x, y): (Dim, Dim),
        result: Dim,
        at: Option<&'static Location<'static>>,
    ) {
        if operation.as_bytes()[0] == b'%' {
            return;
        }
        self.trace.relate(&[x, y], result);
        match (
            operation.as_bytes()[0],
            self.trace.value(x),
            self.trace.value(y),
        ) {
            (b'+', None, Some(y)) => self.trace.make(result, Made::shifted(x, y as i64)),
            (b'+', Some(x), None) => self.trace.make(result, Made::shifted(y, x as i64)),
            (b'+', None, None) => self.trace.make(result, Made::shifted(x, 1).or_more()),
            (b'*', None, Some(y)) => self.trace.make(result, Made::times(x, y)),
            (b'*', Some(x), None) => self.trace.make(result, Made::times(y, x)),
            (b'-', None, Some(y)) => self.trace.make(x, Made::shifted(result, y as i64)),
            (b'/', None, Some(y)) => self.trace.make(x, Made::times(result, y)),
            (_, Some(left), None) => self.solve_right(operation, (left, y), result, at),
            _ => {}
        }
    }

    /// Learns what a known size is divided by, or less by, from the result.
    const fn solve_right(
        self,
        operation: &'static str,
        (left, y): (usize, Dim),
        result: Dim,
        at: Option<&'static Location<'static>>,
    ) {
        let Some(result) = self.trace.value(result) else {
            return;
        };
        match solve::right(operation, left, result) {
            Some(size) => {
                self.trace.unify(y, Dim::Known(size));
            }
            None => {
                let kind = FaultKind::NoSolution {
                    operation,
                    left,
                    result,
                };
                self.trace.fault_at(kind, at);
            }
        }
    }
}
