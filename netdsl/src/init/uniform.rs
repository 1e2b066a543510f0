//! Uniform numbers, many at a time.
//!
//! One xoshiro256++ is a chain of dependent operations; [`LANES`] of them side by side, in plain arrays, compile
//! to vector instructions. Lane k is an ordinary [`Xoshiro256PlusPlus`]; the tests compare with those.

use std::any::Any;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

use crate::Element;
use crate::engine::kernel::simd::simd;

/// Generators running side by side.
const LANES: usize = 8;

/// The states of [`LANES`] generators: `state[word][lane]`.
struct Lanes {
    state: [[u64; LANES]; 4],
}

impl Lanes {
    /// Lane k's state is the next four numbers of `named`, k = 0, 1, …: what `SeedableRng::from_rng` does.
    fn new(named: &mut Xoshiro256PlusPlus) -> Self {
        let mut state = [[0; LANES]; 4];
        for lane in 0..LANES {
            for word in &mut state {
                word[lane] = named.next_u64();
            }
        }
        Self { state }
    }

    /// The next number of every lane (xoshiro256plusplus.c, Blackman and Vigna, 2019).
    #[inline(always)]
    fn next(&mut self) -> [u64; LANES] {
        let [s0, s1, s2, s3] = &mut self.state;
        let mut drawn = [0; LANES];
        for k in 0..LANES {
            drawn[k] = s0[k]
                .wrapping_add(s3[k])
                .rotate_left(23)
                .wrapping_add(s0[k]);
            let t = s1[k] << 17;
            s2[k] ^= s0[k];
            s3[k] ^= s1[k];
            s1[k] ^= s2[k];
            s0[k] ^= s3[k];
            s2[k] ^= t;
            s3[k] = s3[k].rotate_left(45);
        }
        drawn
    }
}

/// Fills `out` from U(low, high): low + u·(high − low), u in [0, 1), never above `high`.
///
/// An `f64` takes 52 bits of a draw, an `f32` 24 bits of half a draw: a block is the low halves of all lanes, then the
/// high halves (alternating halves cost shuffles: 1.6 instead of 1.9 G/s).
pub(super) fn fill<E: Element>(low: f64, high: f64, named: Xoshiro256PlusPlus, out: &mut [E]) {
    type Fill<E> = fn(f64, f64, Xoshiro256PlusPlus, &mut [E]);
    // An element type is one of two; a function pointer of the right type tells which, without `unsafe`.
    let single: Fill<f32> = fill_f32;
    let double: Fill<f64> = fill_f64;
    let options: [&dyn Any; 2] = [&single, &double];
    if let Some(fill) = options
        .into_iter()
        .find_map(|fill| fill.downcast_ref::<Fill<E>>())
    {
        fill(low, high, named, out);
    }
}

simd! {
    fn fill_f32[](low: f64, high: f64, named: Xoshiro256PlusPlus, out: &mut [f32]) {
        let mut named = named;
        let (scale, low, high) = (
            (high - low) as f32 * 2f32.powi(-24),
            low as f32,
            high as f32,
        );
        // 24 bits fit an i32, whose conversion is one instruction everywhere.
        let at = |bits: u32| {
            let value = (bits >> 8) as i32 as f32 * scale + low;
            if value > high { high } else { value }
        };
        blocks(Lanes::new(&mut named), out, |drawn| {
            let mut values = [0.0; 2 * LANES];
            for k in 0..LANES {
                values[k] = at(drawn[k] as u32);
                values[LANES + k] = at((drawn[k] >> 32) as u32);
            }
            values
        });
    }
}

simd! {
    fn fill_f64[](low: f64, high: f64, named: Xoshiro256PlusPlus, out: &mut [f64]) {
        let mut named = named;
        let scale = high - low;
        blocks(Lanes::new(&mut named), out, |drawn| {
            drawn.map(|bits| {
                // 52 bits as the fraction of a number in [1, 2).
                let unit = f64::from_bits((bits >> 12) | 1f64.to_bits()) - 1.0;
                let value = unit * scale + low;
                if value > high { high } else { value }
            })
        });
    }
}

/// Fills `out` block by block, `N` values from each draw of the lanes; the last block may be cut short.
#[inline(always)]
fn blocks<T: Copy, const N: usize>(
    mut lanes: Lanes,
    out: &mut [T],
    values: impl Fn([u64; LANES]) -> [T; N],
) {
    let (whole, rest) = out.as_chunks_mut::<N>();
    for block in whole {
        *block = values(lanes.next());
    }
    if !rest.is_empty() {
        rest.copy_from_slice(&values(lanes.next())[..rest.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::stream;
    use rand_xoshiro::rand_core::SeedableRng;

    /// The draws of the lanes, from the generators of `rand_xoshiro`: step by step, lane by lane.
    fn draws(steps: usize) -> Vec<u64> {
        let mut named = stream(5, "weight").generator(3);
        let mut lanes: Vec<_> = (0..LANES)
            .map(|_| Xoshiro256PlusPlus::from_rng(&mut named))
            .collect();
        (0..steps)
            .flat_map(|_| lanes.iter_mut().map(Rng::next_u64).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn f32_is_the_scalar_definition() {
        let mut out = [0f32; 1000];
        fill(-0.3, 0.2, stream(5, "weight").generator(3), &mut out);
        let halves = draws(100)
            .chunks(LANES)
            .flat_map(|draws| {
                let low = draws.iter().map(|&draw| draw as u32);
                low.chain(draws.iter().map(|&draw| (draw >> 32) as u32))
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>();
        for (value, half) in out.into_iter().zip(halves) {
            let expected = (half >> 8) as f32 * (0.5f32 / (1 << 24) as f32) + -0.3f32;
            assert_eq!(value, expected.min(0.2));
        }
    }

    #[test]
    fn f64_is_the_scalar_definition() {
        let mut out = [0f64; 1001];
        fill(-0.3, 0.2, stream(5, "weight").generator(3), &mut out);
        for (value, draw) in out.into_iter().zip(draws(200)) {
            let expected = (draw >> 12) as f64 / (1u64 << 52) as f64 * 0.5 + -0.3;
            assert_eq!(value, expected.min(0.2));
        }
    }

    #[test]
    fn a_shorter_array_is_a_prefix() {
        let (mut long, mut short) = ([0f32; 64], [0f32; 37]);
        fill(0.0, 1.0, stream(0, "").generator(0), &mut long);
        fill(0.0, 1.0, stream(0, "").generator(0), &mut short);
        assert_eq!(long[..37], short);
    }

    #[test]
    fn never_above_high() {
        // 1 + u·2⁻²³ rounds up to the next number half of the time, and to nothing above it.
        let (low, high) = (1.0, 1.0 + f64::from(f32::EPSILON));
        let mut out = [0f32; 1000];
        fill(low, high, stream(0, "").generator(0), &mut out);
        assert!(
            out.iter()
                .all(|&value| (1.0..=high as f32).contains(&value))
        );
    }
}
