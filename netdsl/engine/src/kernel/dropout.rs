//! Random numbers by position: masks and noise that do not depend on who computes which part.
//!
//! The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
//! easy as 1, 2, 3", SC 2011): a keyed bijection of a counter.

use super::simd::simd;
use super::{GRAIN, share_rows};
use crate::Element;

/// What random numbers are drawn from: equal keys give equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The seed of the whole training.
    pub seed: u64,
    /// The training step.
    pub step: u64,
    /// Which of the step's uses of random numbers this is.
    pub stream: u64,
}

/// Counters worked on side by side.
const LANES: usize = 16;
/// Numbers that so many counters give, four each.
const GROUP: usize = 4 * LANES;
/// How many plain elements a random number costs.
const WEIGHT: usize = 4;

/// The finaliser of splitmix64 (Steele, Lea and Flood, 2014).
const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Ten rounds on each lane's counter, its four words in four arrays.
#[inline(always)]
fn philox(mut counter: [[u32; LANES]; 4], mut key: [u32; 2]) -> [[u32; LANES]; 4] {
    for _ in 0..10 {
        let [a, b, c, d] = counter;
        for i in 0..LANES {
            let first = u64::from(a[i]) * 0xd251_1f53;
            let second = u64::from(c[i]) * 0xcd9e_8d57;
            counter[0][i] = (second >> 32) as u32 ^ b[i] ^ key[0];
            counter[1][i] = second as u32;
            counter[2][i] = (first >> 32) as u32 ^ d[i] ^ key[1];
            counter[3][i] = first as u32;
        }
        key = [
            key[0].wrapping_add(0x9e37_79b9),
            key[1].wrapping_add(0xbb67_ae85),
        ];
    }
    counter
}

/// The random words of a group: those at positions from `group * GROUP` on.
#[inline(always)]
fn words(key: Key, group: usize) -> [[u32; LANES]; 4] {
    let mixed = mix(key.seed ^ mix(key.step.wrapping_add(0x9e37_79b9_7f4a_7c15)));
    let first = (group * LANES) as u64;
    // A multiple of the lanes: adding a lane's number does not carry.
    let low = std::array::from_fn(|lane| first as u32 | lane as u32);
    let high = [(first >> 32) as u32; LANES];
    let stream = [
        [key.stream as u32; LANES],
        [(key.stream >> 32) as u32; LANES],
    ];
    philox(
        [low, high, stream[0], stream[1]],
        [mixed as u32, (mixed >> 32) as u32],
    )
}

simd! { narrow
    fn mask_groups[E: Element](key: Key, first: usize, last: u32, scale: E, mask: &mut [E]) {
        for (i, mask) in mask.chunks_mut(GROUP).enumerate() {
            let words = words(key, first + i);
            for (mask, words) in mask.chunks_mut(LANES).zip(&words) {
                for (mask, &word) in mask.iter_mut().zip(words) {
                    *mask = if word <= last { scale } else { E::ZERO };
                }
            }
        }
    }
}

simd! { narrow
    fn uniform_groups[E: Element](key: Key, first: usize, low: E, range: E, y: &mut [E]) {
        // 24 bits: as many as the smaller type holds, so 1 itself is never rounded up to.
        let unit = E::from_f64(1.0 / f64::from(1 << 24));
        for (i, y) in y.chunks_mut(GROUP).enumerate() {
            let words = words(key, first + i);
            for (y, words) in y.chunks_mut(LANES).zip(&words) {
                for (y, &word) in y.iter_mut().zip(words) {
                    *y = low + range * (E::from_f64(f64::from(word >> 8)) * unit);
                }
            }
        }
    }
}

/// Fills `mask` with 0, with probability `p`, or else 1 / (1 - p).
pub fn mask<E: Element>(key: Key, p: f64, mask: &mut [E]) {
    assert!((0.0..=1.0).contains(&p), "{p} is not a probability");
    // Words up to the last one that keeps; beyond 2^32 there is none to drop.
    let kept = ((1.0 - p) * 4_294_967_296.0).round() as u64;
    if kept == 0 {
        return mask.fill(E::ZERO);
    }
    let (last, scale) = ((kept - 1) as u32, E::from_f64(1.0 / (1.0 - p)));
    share_rows(mask, GROUP, GROUP * WEIGHT, |first, mask| {
        mask_groups(key, first, last, scale, mask);
    });
}

/// Fills `y` with numbers from `low` to below `high`, all equally likely.
pub fn uniform<E: Element>(key: Key, low: f64, high: f64, y: &mut [E]) {
    let (low, range) = (E::from_f64(low), E::from_f64(high - low));
    share_rows(y, GROUP, GROUP * WEIGHT, |first, y| {
        uniform_groups(key, first, low, range, y)
    });
}

const _: () = assert!(GRAIN >= GROUP);

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key {
        seed: 1,
        step: 2,
        stream: 3,
    };

    #[test]
    fn known_answers() {
        // From the vectors that come with the authors' library.
        for (counter, key, want) in [
            (
                [0; 4],
                [0; 2],
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
            ),
            (
                [!0; 4],
                [!0; 2],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ] {
            let words = philox(counter.map(|word| [word; LANES]), key);
            assert_eq!(words.map(|word| word[5]), want);
        }
    }

    #[test]
    fn a_mask_is_a_prefix_of_any_longer_one() {
        let mut long = vec![0f32; 100_001];
        mask(KEY, 0.3, &mut long);
        for n in [0, 1, 15, 16, 63, 64, 65, 1000, 50_001] {
            let mut short = vec![9.0; n];
            mask(KEY, 0.3, &mut short);
            assert!(short[..] == long[..n]);
        }
        let scale = 1.0 / 0.7;
        assert!(long.iter().all(|&x| x == 0.0 || x == scale));
        let kept = long.iter().filter(|x| **x != 0.0).count() as f64 / 100_001.0;
        assert!((kept - 0.7).abs() < 0.006, "{kept}");
        let mut wide = vec![0f64; 1000];
        mask(KEY, 0.3, &mut wide);
        assert!(
            wide.iter()
                .zip(&long)
                .all(|(a, b)| (*a == 0.0) == (*b == 0.0))
        );
    }

    #[test]
    fn certainties_and_keys() {
        let mut y = [[5f64; 100]; 4];
        mask(KEY, 0.0, &mut y[0]);
        mask(KEY, 1.0, &mut y[1]);
        assert!(y[0] == [1.0; 100] && y[1] == [0.0; 100]);
        let keys = [
            KEY,
            Key { step: 3, ..KEY },
            Key { stream: 4, ..KEY },
            Key { seed: 2, ..KEY },
        ];
        for (y, key) in y.iter_mut().zip(keys) {
            mask(key, 0.5, y);
        }
        assert!((0..4).all(|i| (0..i).all(|j| y[i] != y[j])));
    }

    #[test]
    fn uniform_numbers_fill_their_range() {
        let mut y = vec![0f32; 10_007];
        uniform(KEY, -1.0, 3.0, &mut y);
        assert!(y.iter().all(|y| (-1.0..3.0).contains(y)));
        let mean = y.iter().sum::<f32>() / 10_007.0;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }
}
