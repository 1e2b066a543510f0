//! Random numbers by position: masks and noise, which do not depend on who computes which part.
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

/// How random numbers are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// 0 with probability `p`, else 1 / (1 - p).
    Mask {
        /// The probability of 0.
        p: f64,
    },
    /// From 0 to below 1, all equally likely: multiples of 2^-24 in either type.
    Uniform,
    /// Normal with mean 0 and variance 1, at most 6.7 in size.
    Normal,
}

/// Counters worked on side by side.
const LANES: usize = 16;
/// Numbers that so many counters give, four each.
const GROUP: usize = 4 * LANES;
/// How many plain elements a random number costs.
const WEIGHT: usize = 4;
/// How many of them a normal one costs.
const NORMAL_WEIGHT: usize = 10;

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
    fn uniform_groups[E: Element](key: Key, first: usize, y: &mut [E]) {
        // 24 bits: as many as the smaller type holds, so 1 itself is never rounded up to.
        let unit = E::from_f64(1.0 / f64::from(1 << 24));
        for (i, y) in y.chunks_mut(GROUP).enumerate() {
            let words = words(key, first + i);
            for (y, words) in y.chunks_mut(LANES).zip(&words) {
                for (y, &word) in y.iter_mut().zip(words) {
                    *y = E::from_f64(f64::from(word >> 8)) * unit;
                }
            }
        }
    }
}

simd! { narrow
    fn normal_groups[E: Element](key: Key, first: usize, y: &mut [E]) {
        for (i, y) in y.chunks_mut(GROUP).enumerate() {
            let [a, b, c, d] = words(key, first + i);
            let pairs = [normal_pairs::<E>(&a, &b), normal_pairs(&c, &d)];
            for (y, numbers) in y.chunks_mut(LANES).zip(pairs.as_flattened()) {
                y.copy_from_slice(&numbers[..y.len()]);
            }
        }
    }
}

/// Two independent normal numbers of each lane's two words (Box and Muller, "A note on the generation
/// of random normal deviates", 1958): a point in the plane, by the distance from the centre that so
/// many points exceed, and by its direction.
#[inline(always)]
fn normal_pairs<E: Element>(exceeding: &[u32; LANES], turns: &[u32; LANES]) -> [[E; LANES]; 2] {
    let mut pairs = [[E::ZERO; LANES]; 2];
    for lane in 0..LANES {
        // From 2^-32 to 1, so that the logarithm is finite.
        let share = E::from_f64((f64::from(exceeding[lane]) + 1.0) * (1.0 / 4_294_967_296.0));
        let distance = (E::from_f64(-2.0) * share.ln()).sqrt();
        let (sin, cos) = sin_cos_of_turn::<E>(turns[lane]);
        (pairs[0][lane], pairs[1][lane]) = (distance * cos, distance * sin);
    }
    pairs
}

/// Sine and cosine of a turn by `word` / 2^32, less an eighth.
#[inline(always)]
fn sin_cos_of_turn<E: Element>(word: u32) -> (E, E) {
    // The first two bits are quarters of a turn; with the rest, from minus an eighth to an eighth.
    let rest = (word & 0x3fff_ffff) as i32 - (1 << 29);
    let x = E::from_f64(f64::from(rest) * (std::f64::consts::TAU / 4_294_967_296.0));
    let square = x * x;
    // Taylor's series: what is left out is 1e-15 at most, at an eighth of a turn.
    let series = |coefficients: [f64; 7]| {
        let mut coefficients = coefficients.into_iter().rev();
        let last = E::from_f64(coefficients.next().unwrap_or(0.0));
        coefficients.fold(last, |sum, next| sum * square + E::from_f64(next))
    };
    let sin = x * (E::ONE + square * series(SIN));
    let cos = E::ONE + square * series(COS);
    let (odd, back) = (word >> 30 & 1 == 1, word >> 31 == 1);
    let (sin, cos) = if odd { (cos, -sin) } else { (sin, cos) };
    if back { (-sin, -cos) } else { (sin, cos) }
}

/// (sin x - x) / x^3 in powers of x^2.
const SIN: [f64; 7] = [
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5_040.0,
    1.0 / 362_880.0,
    -1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 1_307_674_368_000.0,
];
/// (cos x - 1) / x^2 in powers of x^2.
const COS: [f64; 7] = [
    -1.0 / 2.0,
    1.0 / 24.0,
    -1.0 / 720.0,
    1.0 / 40_320.0,
    -1.0 / 3_628_800.0,
    1.0 / 479_001_600.0,
    -1.0 / 87_178_291_200.0,
];

/// Fills `y` with numbers of a law.
pub fn fill<E: Element>(law: Law, key: Key, y: &mut [E]) {
    match law {
        Law::Mask { p } => mask(key, p, y),
        Law::Uniform => share_rows(y, GROUP, GROUP * WEIGHT, |first, y| {
            uniform_groups(key, first, y);
        }),
        Law::Normal => share_rows(y, GROUP, GROUP * NORMAL_WEIGHT, |first, y| {
            normal_groups(key, first, y);
        }),
    }
}

/// Fills `mask` with 0, with probability `p`, or else 1 / (1 - p).
fn mask<E: Element>(key: Key, p: f64, mask: &mut [E]) {
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

const _: () = assert!(GRAIN >= GROUP);

#[cfg(test)]
mod tests {
    use super::super::testing::assert_close;
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

    const LAWS: [Law; 3] = [Law::Mask { p: 0.3 }, Law::Uniform, Law::Normal];

    #[test]
    fn numbers_are_a_prefix_of_any_longer_run() {
        for law in LAWS {
            let mut long = vec![0f32; 100_001];
            fill(law, KEY, &mut long);
            for n in [0, 1, 15, 16, 17, 47, 63, 64, 65, 1000, 50_001] {
                let mut short = vec![9.0; n];
                fill(law, KEY, &mut short);
                assert!(short[..] == long[..n]);
            }
            // Either type has the same numbers, as it rounds them.
            let mut wide = vec![0f64; 10_000];
            fill(law, KEY, &mut wide);
            assert_close(
                &long[..10_000],
                &wide.iter().map(|&x| x as f32).collect::<Vec<_>>(),
                2e-6,
            );
        }
    }

    #[test]
    fn a_mask_keeps_its_share() {
        let mut mask = vec![0f32; 100_001];
        fill(Law::Mask { p: 0.3 }, KEY, &mut mask);
        let scale = 1.0 / 0.7;
        assert!(mask.iter().all(|&x| x == 0.0 || x == scale));
        let kept = mask.iter().filter(|x| **x != 0.0).count() as f64 / 100_001.0;
        assert!((kept - 0.7).abs() < 0.006, "{kept}");
    }

    #[test]
    fn certainties_and_keys() {
        let mut y = [[5f64; 100]; 4];
        fill(Law::Mask { p: 0.0 }, KEY, &mut y[0]);
        fill(Law::Mask { p: 1.0 }, KEY, &mut y[1]);
        assert!(y[0] == [1.0; 100] && y[1] == [0.0; 100]);
        let keys = [
            KEY,
            Key { step: 3, ..KEY },
            Key { stream: 4, ..KEY },
            Key { seed: 2, ..KEY },
        ];
        for law in LAWS {
            for (y, key) in y.iter_mut().zip(keys) {
                fill(law, key, y);
            }
            assert!((0..4).all(|i| (0..i).all(|j| y[i] != y[j])));
        }
    }

    #[test]
    fn directions_are_those_of_the_standard_library() {
        let words = (0..64).map(|i| i << 26).flat_map(|word: u32| {
            let near = [0, 1, 0x0123_4567, u32::MAX];
            near.map(|by| word.wrapping_add(by))
        });
        for word in words {
            let angle = (f64::from(word) / 4_294_967_296.0 - 0.125) * std::f64::consts::TAU;
            let (sin, cos) = sin_cos_of_turn::<f64>(word);
            assert!((sin - angle.sin()).abs() < 3e-15, "{word}");
            assert!((cos - angle.cos()).abs() < 3e-15, "{word}");
            let (sin, cos) = sin_cos_of_turn::<f32>(word);
            assert!((f64::from(sin) - angle.sin()).abs() < 2e-7, "{word}");
            assert!((f64::from(cos) - angle.cos()).abs() < 2e-7, "{word}");
        }
    }

    /// The share of numbers below each point is that of a law, within five deviations.
    fn check_shares(numbers: &[f32], shares: impl IntoIterator<Item = (f32, f64)>) {
        let count = numbers.len() as f64;
        for (point, wanted) in shares {
            let share = numbers.iter().filter(|&&x| x < point).count() as f64 / count;
            let deviation = (wanted * (1.0 - wanted) / count).sqrt();
            assert!(
                (share - wanted).abs() <= 5.0 * deviation,
                "{point}: {share}"
            );
        }
    }

    #[test]
    fn uniform_numbers_fill_their_range() {
        let mut y = vec![0f32; 1_000_001];
        fill(Law::Uniform, KEY, &mut y);
        assert!(y.iter().all(|y| (0.0..1.0).contains(y)));
        check_shares(&y, (0..=20).map(|i| (i as f32 / 20.0, f64::from(i) / 20.0)));
        let (mean, square) = moments(&y);
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12e6f64).sqrt(), "{mean}");
        assert!(
            (square - 1.0 / 3.0).abs() < 5.0 * (4.0 / 45e6f64).sqrt(),
            "{square}"
        );
    }

    #[test]
    fn normal_numbers_are_those_of_their_law() {
        let mut y = vec![0f32; 1_000_001];
        fill(Law::Normal, KEY, &mut y);
        assert!(y.iter().all(|y| y.abs() < 6.7));
        // From tables of the normal law.
        let table = [
            (-4.0, 3.167e-5),
            (-3.0, 1.349_898e-3),
            (-2.0, 2.275_013e-2),
            (-1.0, 0.158_655_3),
            (-0.5, 0.308_537_5),
            (-0.1, 0.460_172_2),
            (0.0, 0.5),
        ];
        check_shares(&y, table);
        check_shares(&y, table.map(|(point, share)| (-point, 1.0 - share)));
        // The variances of x and x² are 1 and 2.
        let (mean, square) = moments(&y);
        assert!(mean.abs() < 5.0 * 1e-3, "{mean}");
        assert!(
            (square - 1.0).abs() < 5.0 * (2.0 / 1e6f64).sqrt(),
            "{square}"
        );
        // Numbers from the same words, and from neighbouring ones, have nothing to do with each other.
        for distance in [1, LANES, 2 * LANES, GROUP] {
            let pairs = y.iter().zip(&y[distance..]);
            let product: f64 = pairs.map(|(a, b)| f64::from(a * b)).sum();
            assert!((product / 1e6).abs() < 5.0 * 1e-3, "{distance}: {product}");
            let pairs = y.iter().zip(&y[distance..]);
            let squares: f64 = pairs.map(|(a, b)| f64::from(a * a * b * b) - 1.0).sum();
            assert!(
                (squares / 1e6).abs() < 5.0 * (8.0 / 1e6f64).sqrt(),
                "{distance}: {squares}"
            );
        }
    }

    /// The means of x and of x².
    fn moments(numbers: &[f32]) -> (f64, f64) {
        let mean = |f: fn(f64) -> f64| {
            let values = numbers.iter().map(|&x| f(x.into()));
            values.sum::<f64>() / numbers.len() as f64
        };
        (mean(|x| x), mean(|x| x * x))
    }
}
