//! Numbers as the bytes of a safetensors file, little-endian, and back.

use crate::Element;

use super::Dtype;

/// Why the numbers of a tensor could not be converted; the caller adds file and tensor.
pub(super) enum NumberError {
    /// No conversion is written for this type.
    Unsupported(Dtype),
    /// The number does not exist in the type named.
    Unrepresentable(String, &'static str),
}

/// The bytes of a tensor as elements, rounded to nearest. A whole number that is not exact in `E` and a finite
/// number that is not finite in `E` are errors.
pub(super) fn decode<E: Element>(dtype: Dtype, bytes: &[u8]) -> Result<Vec<E>, NumberError> {
    match dtype {
        Dtype::F64 => floats(bytes, f64::from_le_bytes),
        Dtype::F32 => floats(bytes, |b| f32::from_le_bytes(b).into()),
        Dtype::F16 => floats(bytes, |b| F16.widen(u16::from_le_bytes(b))),
        Dtype::BF16 => floats(bytes, |b| BF16.widen(u16::from_le_bytes(b))),
        Dtype::I64 => integers(bytes, i64::from_le_bytes),
        Dtype::I32 => integers(bytes, |b| i32::from_le_bytes(b).into()),
        Dtype::U8 => integers(bytes, |[b]| b.into()),
        Dtype::BOOL => integers(bytes, |[b]| i64::from(b != 0)),
        other => Err(NumberError::Unsupported(other)),
    }
}

fn floats<E: Element, const N: usize>(
    bytes: &[u8],
    read: impl Fn([u8; N]) -> f64,
) -> Result<Vec<E>, NumberError> {
    let convert = |chunk: &[u8; N]| {
        let value = read(*chunk);
        let element = E::from_f64(value);
        if value.is_finite() && !element.is_finite() {
            return Err(NumberError::Unrepresentable(value.to_string(), E::DTYPE));
        }
        Ok(element)
    };
    bytes.as_chunks().0.iter().map(convert).collect()
}

fn integers<E: Element, const N: usize>(
    bytes: &[u8],
    read: impl Fn([u8; N]) -> i64,
) -> Result<Vec<E>, NumberError> {
    let convert = |chunk: &[u8; N]| {
        let value = read(*chunk);
        // i128, because i64::MAX rounds up to a float that is no i64.
        let element = E::from_f64(value as f64);
        if element.to_f64() as i128 != i128::from(value) {
            return Err(NumberError::Unrepresentable(value.to_string(), E::DTYPE));
        }
        Ok(element)
    };
    bytes.as_chunks().0.iter().map(convert).collect()
}

/// Appends one number as `dtype`, rounded to nearest even. A number that an integer type does not have and a
/// finite number that is not finite in `dtype` are errors.
pub(super) fn encode<E: Element>(
    dtype: Dtype,
    element: E,
    out: &mut Vec<u8>,
) -> Result<(), NumberError> {
    let value = element.to_f64();
    let fail = |name| Err(NumberError::Unrepresentable(value.to_string(), name));
    let overflows = |stored: f64| value.is_finite() && !stored.is_finite();
    let whole = |low: i64, high: i64| {
        let integer = value as i128;
        let fits =
            integer as f64 == value && (i128::from(low)..=i128::from(high)).contains(&integer);
        fits.then_some(integer)
    };
    match dtype {
        Dtype::F64 => out.extend(value.to_le_bytes()),
        Dtype::F32 => match value as f32 {
            stored if overflows(stored.into()) => return fail("F32"),
            stored => out.extend(stored.to_le_bytes()),
        },
        Dtype::F16 => match F16.narrow(value) {
            stored if overflows(F16.widen(stored)) => return fail("F16"),
            stored => out.extend(stored.to_le_bytes()),
        },
        Dtype::BF16 => match BF16.narrow(value) {
            stored if overflows(BF16.widen(stored)) => return fail("BF16"),
            stored => out.extend(stored.to_le_bytes()),
        },
        Dtype::I64 => match whole(i64::MIN, i64::MAX) {
            Some(integer) => out.extend((integer as i64).to_le_bytes()),
            None => return fail("I64"),
        },
        Dtype::I32 => match whole(i32::MIN.into(), i32::MAX.into()) {
            Some(integer) => out.extend((integer as i32).to_le_bytes()),
            None => return fail("I32"),
        },
        Dtype::U8 => match whole(0, 255) {
            Some(integer) => out.push(integer as u8),
            None => return fail("U8"),
        },
        Dtype::BOOL => match whole(0, 1) {
            Some(integer) => out.push(integer as u8),
            None => return fail("BOOL"),
        },
        other => return Err(NumberError::Unsupported(other)),
    }
    Ok(())
}

/// A floating-point type of 16 bits: a sign, an exponent, a mantissa.
struct Half {
    mantissa_bits: i32,
    /// The exponent of 1.0 as stored.
    bias: i32,
}

const F16: Half = Half {
    mantissa_bits: 10,
    bias: 15,
};
const BF16: Half = Half {
    mantissa_bits: 7,
    bias: 127,
};

impl Half {
    /// The stored exponent of infinities and NaN.
    fn special(&self) -> i32 {
        2 * self.bias + 1
    }

    fn widen(&self, bits: u16) -> f64 {
        let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
        let mantissa = i32::from(bits & ((1 << self.mantissa_bits) - 1));
        let exponent = i32::from((bits & 0x7fff) >> self.mantissa_bits);
        let scaled =
            |m: i32, e: i32| sign * f64::from(m) * 2f64.powi(e - self.bias - self.mantissa_bits);
        match exponent {
            0 => scaled(mantissa, 1),
            e if e == self.special() && mantissa == 0 => sign * f64::INFINITY,
            e if e == self.special() => f64::NAN,
            e => scaled(mantissa + (1 << self.mantissa_bits), e),
        }
    }

    fn narrow(&self, value: f64) -> u16 {
        let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
        let infinity = (self.special() as u16) << self.mantissa_bits;
        if value.is_nan() {
            return sign | infinity | 1 << (self.mantissa_bits - 1);
        }
        // f64's own exponent, except that below the smallest normal number the steps stay as they are
        let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        let exponent = exponent.max(1 - self.bias);
        if exponent > self.bias {
            return sign | infinity;
        }
        // In units of the last place: a whole number after rounding. Carries run into the exponent, as they should.
        let units =
            (value.abs() * 2f64.powi(self.mantissa_bits - exponent)).round_ties_even() as u16;
        let normal = ((exponent + self.bias - 1) as u16) << self.mantissa_bits;
        sign | (normal + units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        // Origin of the bits: IEEE 754 binary16; bfloat16 is the upper half of binary32.
        for (value, bits) in [
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (65504.0, 0x7bff),
            (65519.9, 0x7bff),
            (65520.0, 0x7c00),
            (2f64.powi(-24), 0x0001),
            (2f64.powi(-25), 0x0000),
            (2f64.powi(-14), 0x0400),
            (1.0 + 2f64.powi(-11), 0x3c00),
            (1.0 + 3.0 * 2f64.powi(-11), 0x3c02),
            (0.333251953125, 0x3555),
            (f64::NEG_INFINITY, 0xfc00),
            (-0.0, 0x8000),
        ] {
            assert_eq!(F16.narrow(value), bits, "{value}");
        }
        for bits in 0..=u16::MAX {
            for half in [F16, BF16] {
                let value = half.widen(bits);
                assert!(value.is_nan() || half.narrow(value) == bits, "{bits:#x}");
            }
            let upper = f64::from(f32::from_bits(u32::from(bits) << 16));
            let value = BF16.widen(bits);
            assert!(
                value == upper || value.is_nan() && upper.is_nan(),
                "{bits:#x}"
            );
        }
    }

    #[test]
    fn every_dtype_returns() {
        let values = [0.0f32, 1.0, 1.0, 0.0];
        for dtype in [
            Dtype::F64,
            Dtype::F32,
            Dtype::F16,
            Dtype::BF16,
            Dtype::I64,
            Dtype::I32,
            Dtype::U8,
            Dtype::BOOL,
        ] {
            let mut bytes = Vec::new();
            for value in values {
                assert!(encode(dtype, value, &mut bytes).is_ok());
            }
            assert_eq!(bytes.len() * 8, values.len() * dtype.bitsize());
            assert_eq!(
                decode::<f32>(dtype, &bytes).ok().as_deref(),
                Some(&values[..])
            );
        }
    }

    #[test]
    fn what_a_type_does_not_have() {
        let check = |dtype, value: f64, fits| {
            assert_eq!(
                encode(dtype, value, &mut Vec::new()).is_ok(),
                fits,
                "{dtype} {value}"
            );
        };
        check(Dtype::I64, 0.5, false);
        check(Dtype::I64, f64::NAN, false);
        check(Dtype::I64, 9.3e18, false);
        check(Dtype::I32, -2147483648.0, true);
        check(Dtype::I32, 2147483648.0, false);
        check(Dtype::U8, -1.0, false);
        check(Dtype::BOOL, 2.0, false);
        check(Dtype::F32, 1e39, false);
        check(Dtype::F32, f64::INFINITY, true);
        check(Dtype::F16, 70000.0, false);
        check(Dtype::I16, 0.0, false);
        let odd = ((1i64 << 24) + 1).to_le_bytes();
        assert!(decode::<f32>(Dtype::I64, &odd).is_err());
        assert_eq!(decode::<f64>(Dtype::I64, &odd).ok(), Some(vec![16777217.0]));
        assert!(decode::<f64>(Dtype::I64, &i64::MAX.to_le_bytes()).is_err());
        assert!(decode::<f32>(Dtype::F64, &1e39f64.to_le_bytes()).is_err());
    }
}
