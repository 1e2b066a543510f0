//! Elementary functions for `f32` and `f64`.
//!
//! The `f32` ones are free of branches and calls, so that loops over them vectorise, and are within
//! two units in the last place. Their polynomials, and those of both error functions, were fitted
//! for this file at 40 digits by Chebyshev interpolation of the function named beside each; the
//! range reductions are the usual ones of Cody and Waite. The `f64` ones are the standard
//! library's where it has them.

/// Evaluates a polynomial, lowest coefficient first, by Horner's rule.
macro_rules! horner {
    ($x:expr; $first:expr) => { $first };
    ($x:expr; $first:expr, $($rest:expr),+) => { $first + $x * horner!($x; $($rest),+) };
}

/// Functions of `f32`.
pub mod single {
    /// 1.5 * 2^23: adding it rounds to a whole number, left in the low bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with enough trailing zeros that its multiples are exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;

    /// x = n ln 2 + r with |r| at most half of ln 2: gives (n, r).
    #[inline(always)]
    fn reduce(x: f32) -> (i32, f32) {
        let rounded = x * std::f32::consts::LOG2_E + ROUND;
        let n = rounded - ROUND;
        let r = (x - n * LN2_HIGH) - n * LN2_LOW;
        (
            (rounded.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32),
            r,
        )
    }

    /// 2^n for n from -126 to 127.
    #[inline(always)]
    fn power_of_two(n: i32) -> f32 {
        f32::from_bits((n.wrapping_add(127) as u32) << 23)
    }

    /// (e^r - 1 - r) / r^2 on the reduced range.
    #[inline(always)]
    fn exp_tail(r: f32) -> f32 {
        // By Estrin's rule: loops over exponentials wait for this chain rather than for its operations.
        let square = r * r;
        let low = 0.5 + r * 0.166_665_73;
        let high = 0.041_666_55 + r * 0.008_363_774;
        low + square * (high + square * 0.001_392_692_7)
    }

    /// e^x.
    #[inline(always)]
    pub fn exp(x: f32) -> f32 {
        // Comparisons this way round keep a NaN.
        let x = if x > 89.0 { 89.0 } else { x };
        let x = if x < -105.0 { -105.0 } else { x };
        let (n, r) = reduce(x);
        let y = 1.0 + (r + r * r * exp_tail(r));
        // In two steps, because 2^n itself may be subnormal or infinite where the result is not.
        let half = n >> 1;
        y * power_of_two(half) * power_of_two(n.wrapping_sub(half))
    }

    /// e^x - 1, accurate near 0.
    #[inline(always)]
    pub fn exp_m1(x: f32) -> f32 {
        let small = x;
        let x = if x > 89.0 { 89.0 } else { x };
        let x = if x < -30.0 { -30.0 } else { x };
        let (n, r) = reduce(x);
        // Half of 2^n stays finite for every result that does.
        let scale = power_of_two(n.wrapping_sub(1));
        let y = 2.0 * (scale * (r + r * r * exp_tail(r)) + (scale - 0.5));
        // Keeps the sign of a zero and the whole of a subnormal.
        if small.abs() < 1e-10 { small } else { y }
    }

    /// The natural logarithm.
    #[inline(always)]
    pub fn ln(x: f32) -> f32 {
        let subnormal = x < f32::MIN_POSITIVE;
        let scaled = if subnormal { x * 8_388_608.0 } else { x };
        let offset = if subnormal { 23.0 } else { 0.0 };
        // x = m 2^n with m from the square root of one half to that of two.
        let bits = scaled.to_bits().wrapping_sub(0x3f35_04f3);
        let n = ((bits as i32) >> 23) as f32 - offset;
        let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(0x3f35_04f3));
        let f = m - 1.0;
        let square = f * f;
        // (ln(1+f) - f + f^2/2) / f^3
        let tail = horner!(f; 0.333_333_3, -0.24999997, 0.200_007_16, -0.166_678_03, 0.142_490_58, -0.124_256_87, 0.116_854_2, -0.114_797_34, 0.069_716_12);
        let low = square * f * tail + n * LN2_LOW;
        let y = n * LN2_HIGH + (f + (low - 0.5 * square));
        let y = if x == f32::INFINITY { x } else { y };
        let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
        if x >= 0.0 { y } else { f32::NAN }
    }

    /// ln(1 + x), accurate near 0.
    #[inline(always)]
    pub fn ln_1p(x: f32) -> f32 {
        let u = 1.0 + x;
        // What rounding 1 + x lost, to first order.
        let lost = (x - (u - 1.0)) / u;
        let y = if u == f32::INFINITY || u == 0.0 {
            ln(u)
        } else {
            ln(u) + lost
        };
        if x.abs() < 1e-10 { x } else { y }
    }

    /// The hyperbolic tangent.
    #[inline(always)]
    pub fn tanh(x: f32) -> f32 {
        let square = x * x;
        // (tanh x - x) / x^3, a function of the square.
        let near = x
            + x * square
                * horner!(square; -0.333_333_28, 0.133_327_19, -0.053_843_264, 0.020_961_33, -0.006_045_165);
        let far = 1.0 - 2.0 / (exp(2.0 * x.abs()) + 1.0);
        if x.abs() < 0.625 {
            near
        } else {
            far.copysign(x)
        }
    }

    /// The error function.
    #[inline(always)]
    pub fn erf(x: f32) -> f32 {
        let square = x * x;
        // erf(x) / x - 1, a function of the square.
        let near = x
            + x * horner!(square; 0.128_379_15, -0.376_124_6, 0.112814316, -0.026_752_358, 0.004_972_016, -0.000_588_249_6);
        let t = x.abs();
        let t = if t > 4.0 { 4.0 } else { t };
        // -ln(1 - erf(t))
        let far = 1.0
            - exp(
                -horner!(t; -0.000_318_539_65, 1.130_231, 0.631_823_9, 0.110087166, -0.026_427_638, 0.004_762_626, -0.00059758577, 4.616_386e-5, -1.643_063_7e-6),
            );
        if t < 0.93 { near } else { far.copysign(x) }
    }
}

/// Functions of `f64`.
pub mod double {
    /// e^x.
    #[inline(always)]
    pub fn exp(x: f64) -> f64 {
        x.exp()
    }

    /// e^x - 1, accurate near 0.
    #[inline(always)]
    pub fn exp_m1(x: f64) -> f64 {
        x.exp_m1()
    }

    /// The natural logarithm.
    #[inline(always)]
    pub fn ln(x: f64) -> f64 {
        x.ln()
    }

    /// ln(1 + x), accurate near 0.
    #[inline(always)]
    pub fn ln_1p(x: f64) -> f64 {
        x.ln_1p()
    }

    /// The hyperbolic tangent.
    #[inline(always)]
    pub fn tanh(x: f64) -> f64 {
        x.tanh()
    }

    /// The error function.
    #[inline]
    pub fn erf(x: f64) -> f64 {
        let t = x.abs();
        if t < 1.0 {
            let square = x * x;
            // erf(x) / x - 1, a function of the square.
            return x
                + x * horner!(square; 0.12837916709551257, -0.3761263890318354, 0.11283791670945006, -0.02686617064323777, 0.0052239776071164227, -0.000_854_832_597_538_969_2, 0.00012055294904839708, -1.4924736907419654e-5, 1.6447424703317288e-6, -1.620_848_380_187_118e-7, 1.3720064546775592e-8, -7.795_898_826_998_504e-10);
        }
        if t >= 6.0 {
            return 1f64.copysign(x);
        }
        // erfc(t) e^(t^2) (1 + 2t) is smooth in u = (t - 4) / (t + 4), after Shepherd and
        // Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", Math. Comp. 1981.
        let u = (t - 4.0) / (t + 4.0);
        let smooth = horner!(u; 1.2329951186255525, -0.13962111684056125, 0.015379652102604125, 0.068_097_054_254_222_72, -0.10103906603447859, 0.093_732_835_050_783_42, -0.066_330_365_806_769_32, 0.037_167_513_152_616_44, -0.016197740559718194, 0.005_032_009_180_324_786, -0.000_757_549_268_298_592_4, -0.00019913934042382265, 0.00014877638930523495, -3.055_605_510_982_205e-5, -1.992_922_803_920_336e-5, 3.199_513_387_731_309e-7);
        (1.0 - smooth * (-t * t).exp() / (1.0 + 2.0 * t)).copysign(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error of `f` against `exact` over `[low, high]`, in units in the last place.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, low: f32, high: f32) -> f64 {
        let mut worst = 0f64;
        for i in 0..=200_000 {
            let x = low + (high - low) * (i as f32 / 200_000.0);
            let truth = exact(x as f64);
            let ulp = f64::from((truth as f32).abs().next_up() - (truth as f32).abs());
            worst = worst.max((f64::from(f(x)) - truth).abs() / ulp);
        }
        worst
    }

    #[test]
    fn single_functions_are_within_two_ulps() {
        for (low, high) in [(-103.0, 88.7), (-1.0, 1.0), (-1e-3, 1e-3)] {
            assert!(worst(single::exp, f64::exp, low, high) <= 2.0);
            assert!(worst(single::exp_m1, f64::exp_m1, low, high) <= 2.0);
            assert!(worst(single::tanh, f64::tanh, low, high) <= 2.0);
        }
        for (low, high) in [(1e-42, 1e-38), (1e-6, 1e-3), (0.01, 4.0), (1.0, 1e30)] {
            assert!(worst(single::ln, f64::ln, low, high) <= 2.0);
        }
        for (low, high) in [(-0.99, 4.0), (-1e-3, 1e-3), (1.0, 1e30)] {
            assert!(worst(single::ln_1p, f64::ln_1p, low, high) <= 2.0);
        }
    }

    #[test]
    fn extremes_are_exact() {
        let (inf, nan) = (f32::INFINITY, f32::NAN);
        for x in [0.0, -0.0, inf, -inf, nan, 1e30, -1e30, 1e-40, -1e-40] {
            for (mine, std) in [
                (single::exp(x), x.exp()),
                (single::exp_m1(x), x.exp_m1()),
                (single::ln(x), x.ln()),
                (single::tanh(x), x.tanh()),
            ] {
                let close = (mine - std).abs() <= 2.4e-7 * std.abs();
                assert!(
                    mine == std || close || mine.is_nan() && std.is_nan(),
                    "{x}: {mine} {std}"
                );
            }
        }
        assert_eq!(single::ln_1p(inf), inf);
        assert_eq!(single::ln_1p(-1.0), -inf);
        assert!(single::erf(nan).is_nan() && double::erf(f64::NAN).is_nan());
        assert_eq!(
            (single::erf(-inf), double::erf(-f64::INFINITY)),
            (-1.0, -1.0)
        );
    }

    /// The error function by its Taylor series (small) or its integral (Simpson's rule).
    fn reference(x: f64) -> f64 {
        let f = |t: f64| (-t * t).exp();
        let (n, mut sum) = (2000, f(0.0) + f(x));
        let h = x / n as f64;
        for i in 1..n {
            sum += f(h * i as f64) * if i % 2 == 1 { 4.0 } else { 2.0 };
        }
        sum * h / 3.0 * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn error_functions_match_the_integral() {
        for i in -700..=700 {
            let x = f64::from(i) * 0.01;
            assert!(
                (double::erf(x) - reference(x)).abs() < 4e-15 * (1.0 + x.abs()),
                "{x}"
            );
            assert!((f64::from(single::erf(x as f32)) - reference((x as f32).into())).abs() < 1e-7);
        }
        // To 40 digits elsewhere.
        assert!((double::erf(0.3) - 0.328_626_759_459_127_4).abs() < 2.3e-16);
        assert!((double::erf(0.9) - 0.796_908_212_422_832_2).abs() < 2.3e-16);
        assert!((double::erf(1.0) - 0.842_700_792_949_714_9).abs() < 2.3e-16);
        assert!((double::erf(1.5) - 0.966_105_146_475_310_8).abs() < 2.3e-16);
        assert!((double::erf(2.75) - 0.999_899_378_077_880_3).abs() < 2.3e-16);
        assert!((double::erf(4.5) - 0.999_999_999_803_383_9).abs() < 2.3e-16);
    }
}
