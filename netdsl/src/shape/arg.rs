//! What a network's definition may say for a size or an option, before anyone looks at it.
//!
//! The macro turns every written size and option into an [`Arg`]; only the layer that receives it
//! knows whether it wanted a number, a pair or a word.

use crate::shape::{Dim, MAX_RANK};
use std::panic::Location;

/// The most entries a written list such as `(3, 5)` or `[4, 6]` may have.
pub const MAX_LIST: usize = MAX_RANK;

/// A size or an option as written in a definition.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// What was written.
    pub value: Value,
    /// Where, if it was written in a `network!`.
    pub at: Option<&'static Location<'static>>,
    /// The parameter of the network that it was given for when that was built.
    pub given: Option<Given>,
}

/// A parameter of a network for which a number was given when that was built.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Its name.
    pub name: &'static str,
    /// It is one of Rust's, for which `_` may not stand.
    pub constant: bool,
}

/// The values an [`Arg`] can have.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// `_`: follows from something else.
    Open,
    /// A size that is known or named elsewhere: a dimension parameter or a named unknown.
    Size(Dim),
    /// A whole number; options such as `dim` count from the end when it is negative.
    Int(i64),
    /// A real number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A word such as `"same"`.
    Word(&'static str),
    /// Nothing: PyTorch's `None`.
    Absent,
    /// `(a, b)` or `[a, b]`.
    List([Item; MAX_LIST], usize),
    /// A list of more entries than that.
    TooLong,
}

/// An entry of a written list.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    /// `_`.
    Open,
    /// A size that is known or named elsewhere.
    Size(Dim),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
}

impl Arg {
    /// `_`.
    pub const OPEN: Self = Self::new(Value::Open);
    /// PyTorch's `None`.
    pub const ABSENT: Self = Self::new(Value::Absent);

    /// An argument written nowhere in particular.
    pub const fn new(value: Value) -> Self {
        Self {
            value,
            at: None,
            given: None,
        }
    }

    /// The same argument, written where this is called.
    #[doc(hidden)]
    #[track_caller]
    pub const fn written_here(self) -> Self {
        Self {
            at: Some(Location::caller()),
            ..self
        }
    }

    /// A whole number.
    pub const fn int(number: usize) -> Self {
        Self::new(if number <= i64::MAX as usize {
            Value::Int(number as i64)
        } else {
            Value::Size(Dim::Known(number))
        })
    }

    /// A whole number that may count from the end.
    pub const fn signed(number: i64) -> Self {
        Self::new(Value::Int(number))
    }

    /// A real number.
    pub const fn float(number: f64) -> Self {
        Self::new(Value::Float(number))
    }

    /// `true` or `false`.
    pub const fn flag(flag: bool) -> Self {
        Self::new(Value::Bool(flag))
    }

    /// A word.
    pub const fn word(word: &'static str) -> Self {
        Self::new(Value::Word(word))
    }

    /// A list of numbers and sizes; entries of any other kind count as open.
    pub const fn list(entries: &[Arg]) -> Self {
        if entries.len() > MAX_LIST {
            return Self::new(Value::TooLong);
        }
        let (mut items, mut i) = ([Item::Open; MAX_LIST], 0);
        while i < entries.len() {
            items[i] = match entries[i].value {
                Value::Int(number) => Item::Int(number),
                Value::Float(number) => Item::Float(number),
                Value::Size(dim) => Item::Size(dim),
                _ => Item::Open,
            };
            i += 1;
        }
        Self::new(Value::List(items, i))
    }

    /// A list of known whole numbers.
    pub const fn sizes(sizes: &[usize]) -> Self {
        if sizes.len() > MAX_LIST {
            return Self::new(Value::TooLong);
        }
        let (mut items, mut i) = ([Item::Open; MAX_LIST], 0);
        while i < sizes.len() {
            items[i] = Item::Int(sizes[i] as i64);
            i += 1;
        }
        Self::new(Value::List(items, i))
    }

    /// The same argument, its number negated: what `-1` means after `1` was read. No unknown is the negative of another.
    pub const fn negative(self) -> Self {
        match self.value {
            Value::Size(Dim::Known(number)) if number <= i64::MAX as usize => Self {
                value: Value::Int(-(number as i64)),
                ..self
            },
            Value::Size(_) => Self {
                value: Value::Size(Dim::UNTRACKED),
                ..self
            },
            Value::Int(number) => Self {
                value: Value::Int(-number),
                ..self
            },
            Value::Float(number) => Self {
                value: Value::Float(-number),
                ..self
            },
            _ => self,
        }
    }

    /// The size this is, where it is one that is known.
    pub const fn known(&self) -> Option<usize> {
        match self.value {
            Value::Int(number) if number >= 0 => Some(number as usize),
            Value::Size(Dim::Known(number)) => Some(number),
            _ => None,
        }
    }

    /// The whole number this is, as it is shown where it is wrong.
    pub(crate) const fn number(&self) -> Option<i64> {
        match self.value {
            Value::Int(number) => Some(number),
            Value::Size(Dim::Known(number)) => Some(number as i64),
            _ => None,
        }
    }

    /// Whether this is `_`.
    pub const fn is_open(&self) -> bool {
        matches!(self.value, Value::Open)
    }

    /// Whether this is, or has among its entries, a number that nobody has given.
    pub const fn is_undecided(&self) -> bool {
        match self.value {
            Value::Open | Value::Size(Dim::Unknown(_)) => true,
            Value::List(items, count) => {
                let mut i = 0;
                while i < count {
                    if matches!(items[i], Item::Open | Item::Size(Dim::Unknown(_))) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            _ => false,
        }
    }

    /// Whether this is PyTorch's `None`.
    pub const fn is_absent(&self) -> bool {
        matches!(self.value, Value::Absent)
    }
}

/// Turns a Rust value that may stand for a size or an option into an [`Arg`].
///
/// The methods are inherent, one for each type, because a constant function cannot call a trait's. Of whole and
/// of real numbers there is one type each, so that it is the type of a literal.
pub struct Lift<T>(pub T);

/// As [`Lift`], for a constant: its type is known, and may be that of any number.
pub struct Constant<T>(pub T);

macro_rules! lift {
    ($holder:ident: $($type:ty: |$value:ident| $arg:expr;)*) => {$(
        impl $holder<$type> {
            /// The value as an argument.
            pub const fn arg(self) -> Arg {
                let $value = self.0;
                $arg
            }
        }
    )*};
}

/// What holds values of each type, and what is given when a network is built.
macro_rules! values {
    ($($type:ty: |$value:ident| $arg:expr;)*) => {
        lift! { Lift: $($type: |$value| $arg;)* }
        lift! { Constant: $($type: |$value| $arg;)* }
        $(
            impl From<$type> for Arg {
                fn from($value: $type) -> Self {
                    $arg
                }
            }
        )*
    };
}

values! {
    usize: |value| Arg::int(value);
    f64: |value| Arg::float(value);
    bool: |value| Arg::flag(value);
    &'static str: |value| Arg::word(value);
    (usize, usize): |value| Arg::sizes(&[value.0, value.1]);
    (usize, usize, usize): |value| Arg::sizes(&[value.0, value.1, value.2]);
    (f64, f64): |value| Arg::list(&[Arg::float(value.0), Arg::float(value.1)]);
    (f64, f64, f64): |value| Arg::list(&[Arg::float(value.0), Arg::float(value.1), Arg::float(value.2)]);
    Dim: |value| Arg::new(Value::Size(value));
}

lift! { Lift: Arg: |value| value; }
lift! { Constant: Arg: |value| value; }

impl<const N: usize> Lift<[usize; N]> {
    /// The value as an argument.
    pub const fn arg(self) -> Arg {
        Arg::sizes(&self.0)
    }
}

impl<const N: usize> Constant<[usize; N]> {
    /// The value as an argument.
    pub const fn arg(self) -> Arg {
        Arg::sizes(&self.0)
    }
}

impl<const N: usize> From<[usize; N]> for Arg {
    fn from(sizes: [usize; N]) -> Self {
        Self::sizes(&sizes)
    }
}

/// What else a constant or a number that is given may be; `as` what it takes part in arithmetic as.
macro_rules! numbers {
    ($($type:ty as $number:ty: |$value:ident| $arg:expr;)*) => {
        lift! { Constant: $($type: |$value| $arg;)* }
        $(
            impl From<$type> for Arg {
                fn from($value: $type) -> Self {
                    $arg
                }
            }

            operand! { $type as $number }
        )*
    };
}

macro_rules! operand {
    ($type:ty as $number:ty) => {
        impl Constant<$type> {
            /// The value as a number that takes part in a body's arithmetic.
            pub const fn operand(self) -> $number {
                self.0 as $number
            }
        }
    };
}

numbers! {
    u8 as usize: |value| Arg::int(value as usize);
    u16 as usize: |value| Arg::int(value as usize);
    u32 as usize: |value| Arg::int(value as usize);
    u64 as usize: |value| Arg::int(value as usize);
    i8 as f64: |value| Arg::signed(value as i64);
    i16 as f64: |value| Arg::signed(value as i64);
    i32 as f64: |value| Arg::signed(value as i64);
    i64 as f64: |value| Arg::signed(value);
    isize as f64: |value| Arg::signed(value as i64);
    f32 as f64: |value| Arg::float(value as f64);
}

operand! { usize as usize }
operand! { f64 as f64 }

/// Implemented by nothing: the bound that tells of a value that is no argument.
#[diagnostic::on_unimplemented(
    message = "`{T}` is neither a size nor an option of a layer",
    label = "neither a size nor an option",
    note = "a size is a `usize` or `_`; an option may be a number, `true`, `false`, a word or a list: write `… as usize` or `… as f64` for a number of another type"
)]
pub trait Argument<T> {}

/// What the code that `network!` writes comes upon where a value is of a type that is no argument's.
pub trait NoArgument: Sized {
    /// The call that cannot be.
    fn arg(self) -> Arg {
        Arg::OPEN
    }
}

impl<T> NoArgument for Lift<T> where Self: Argument<T> {}
impl<T> NoArgument for Constant<T> where Self: Argument<T> {}

/// As [`Argument`], for what takes part in arithmetic.
#[diagnostic::on_unimplemented(
    message = "`{T}` takes no part in arithmetic with tensors",
    label = "neither a tensor nor a number that a body computes with",
    note = "a body computes with tensors, with constants, and with numbers of type `f64`, `usize` or `i64`: write `… as f64` for a number of another type, `… as i64` for a place"
)]
pub trait Number<T> {}

/// As [`NoArgument`], for what takes part in arithmetic.
pub trait NoNumber: Sized {
    /// The call that cannot be.
    fn operand(self) -> f64 {
        0.0
    }
}

impl<T> NoNumber for Lift<T> where Self: Number<T> {}
impl<T> NoNumber for Constant<T> where Self: Number<T> {}
