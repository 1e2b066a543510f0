//! The types of numbers a safetensors file may hold.

use std::fmt::{self, Display, Formatter};

/// Defines [`Dtype`] from each type's name in a file and its size.
macro_rules! dtypes {
    ($($(#[doc = $doc:literal])* $name:ident: $bits:literal,)*) => {
        /// The type of a tensor's numbers in a safetensors file, by the name it has there.
        #[allow(non_camel_case_types, reason = "the names of the format")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Dtype {
            $($(#[doc = $doc])* $name,)*
        }

        impl Dtype {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// How many bits one number takes.
            pub const fn bitsize(self) -> usize {
                match self {
                    $(Self::$name => $bits,)*
                }
            }

            /// The name in a file.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

dtypes! {
    /// False or true, a byte each.
    BOOL: 8,
    /// 4-bit float of the MX formats.
    F4: 4,
    /// 6-bit float of the MX formats, 2 bits of exponent.
    F6_E2M3: 6,
    /// 6-bit float of the MX formats, 3 bits of exponent.
    F6_E3M2: 6,
    /// Unsigned byte.
    U8: 8,
    /// Signed byte.
    I8: 8,
    /// 8-bit float, 5 bits of exponent.
    F8_E5M2: 8,
    /// 8-bit float, 4 bits of exponent.
    F8_E4M3: 8,
    /// 8-bit exponent: a scale of the MX formats.
    F8_E8M0: 8,
    /// 8-bit float, 4 bits of exponent, without infinities and negative zero.
    F8_E4M3FNUZ: 8,
    /// 8-bit float, 5 bits of exponent, without infinities and negative zero.
    F8_E5M2FNUZ: 8,
    /// Signed 16-bit integer.
    I16: 16,
    /// Unsigned 16-bit integer.
    U16: 16,
    /// Half precision.
    F16: 16,
    /// `f32` cut to 16 bits.
    BF16: 16,
    /// Signed 32-bit integer.
    I32: 32,
    /// Unsigned 32-bit integer.
    U32: 32,
    /// Single precision.
    F32: 32,
    /// Complex number of two `F32`.
    C64: 64,
    /// Double precision.
    F64: 64,
    /// Signed 64-bit integer.
    I64: 64,
    /// Unsigned 64-bit integer.
    U64: 64,
}

impl Dtype {
    /// The type of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dtype| dtype.name() == name)
    }
}

impl Display for Dtype {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
