//! Normal and truncated normal numbers.
//!
//! The ziggurat of Marsaglia and Tsang, "The ziggurat method for generating random variables" (J. Statistical Software 5,
//! 2000), in Doornik's form ("An improved ziggurat method", 2005): the layer and the position come from separate bits.

use std::sync::LazyLock;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

use crate::Element;

/// Layers of equal area under exp(−x²/2).
const LAYERS: usize = 256;
/// Where the tail begins, and the area of a layer, for 256 layers (Marsaglia and Tsang's constants).
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 0.004_928_673_233_974_655;

/// The right edge of every layer, from the base outwards-in, and the density there; `x[LAYERS]` is 0.
static EDGES: LazyLock<([f64; LAYERS + 1], [f64; LAYERS + 1])> = LazyLock::new(|| {
    let density = |x: f64| (-0.5 * x * x).exp();
    let mut x = [0.0; LAYERS + 1];
    // The base layer holds the tail too: a rectangle of the same area is this wide.
    x[0] = AREA / density(TAIL);
    x[1] = TAIL;
    for layer in 2..LAYERS {
        let below: f64 = x[layer - 1];
        x[layer] = (-2.0 * (AREA / below + density(below)).ln()).sqrt();
    }
    (x, x.map(density))
});

/// A number in [0, 1) with 53 bits.
pub(super) fn unit(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 * 2f64.powi(-53)
}

/// A number in (0, 1], whose logarithm is finite.
fn positive_unit(random: &mut Xoshiro256PlusPlus) -> f64 {
    1.0 - unit(random)
}

/// A number from N(0, 1).
pub(super) fn standard(random: &mut Xoshiro256PlusPlus) -> f64 {
    let (x, density) = &*EDGES;
    loop {
        let bits = random.next_u64();
        let layer = (bits & 0xff) as usize;
        // The upper 53 bits as a number in [−1, 1): nothing is shared with the layer's 8.
        let u = (bits as i64 >> 11) as f64 * 2f64.powi(-52);
        let value = u * x[layer];
        if value.abs() < x[layer + 1] {
            return value;
        }
        if layer == 0 {
            return tail(u < 0.0, random);
        }
        let height = density[layer] + (density[layer + 1] - density[layer]) * unit(random);
        if height < (-0.5 * value * value).exp() {
            return value;
        }
    }
}

/// A number beyond [`TAIL`] (Marsaglia, "Generating a variable from the tail of the normal distribution", 1964).
#[cold]
fn tail(negative: bool, random: &mut Xoshiro256PlusPlus) -> f64 {
    loop {
        let x = -positive_unit(random).ln() / TAIL;
        let y = -positive_unit(random).ln();
        if 2.0 * y > x * x {
            return if negative { -(TAIL + x) } else { TAIL + x };
        }
    }
}

/// A number from N(0, 1) given that it lies in [a, b], a < b, by exact rejection from the cheapest envelope
/// (Robert, "Simulation of truncated normal variables", Statistics and Computing 5, 1995).
fn truncated(a: f64, b: f64, random: &mut Xoshiro256PlusPlus) -> f64 {
    if b < 0.0 {
        return -truncated(-b, -a, random);
    }
    if a <= 0.0 {
        // The middle of the bell is inside. A normal proposal wins once the interval is wider than √(2π).
        if b - a > (2.0 * std::f64::consts::PI).sqrt() {
            return reject(random, standard, |z| a <= z && z <= b, |_| 1.0);
        }
        return reject(
            random,
            |r| a + (b - a) * unit(r),
            |_| true,
            |z| (-0.5 * z * z).exp(),
        );
    }
    // Everything is in the right tail: an exponential from a on, or a uniform if [a, b] is short.
    let rate = 0.5 * (a + (a * a + 4.0).sqrt());
    if b - a > (0.5 * (a * a - a * rate) + 0.5).exp() / rate {
        let propose = |r: &mut _| a - positive_unit(r).ln() / rate;
        return reject(
            random,
            propose,
            |z| z <= b,
            |z| (-0.5 * (z - rate) * (z - rate)).exp(),
        );
    }
    reject(
        random,
        |r| a + (b - a) * unit(r),
        |_| true,
        |z| (0.5 * (a * a - z * z)).exp(),
    )
}

/// Proposes until a proposal is allowed and accepted with its probability.
fn reject(
    random: &mut Xoshiro256PlusPlus,
    propose: impl Fn(&mut Xoshiro256PlusPlus) -> f64,
    allowed: impl Fn(f64) -> bool,
    accept: impl Fn(f64) -> f64,
) -> f64 {
    loop {
        let value = propose(random);
        if allowed(value) && unit(random) < accept(value) {
            return value;
        }
    }
}

/// Fills `out` from N(mean, std²).
pub(super) fn fill<E: Element>(mean: f64, std: f64, mut random: Xoshiro256PlusPlus, out: &mut [E]) {
    for value in out {
        *value = E::from_f64(mean + std * standard(&mut random));
    }
}

/// Fills `out` from N(mean, std²) conditioned on [a, b], std > 0 and a < b.
pub(super) fn fill_truncated<E: Element>(
    (mean, std, a, b): (f64, f64, f64, f64),
    mut random: Xoshiro256PlusPlus,
    out: &mut [E],
) {
    for value in out {
        let z = truncated((a - mean) / std, (b - mean) / std, &mut random);
        // Scaling back may round past a cut-off.
        *value = E::from_f64((mean + std * z).clamp(a, b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::stream;

    const COUNT: usize = 400_000;

    /// Mean and variance of some draws.
    fn moments(draw: impl Fn(&mut Xoshiro256PlusPlus) -> f64) -> (f64, f64) {
        let mut random = stream(1, "moments").generator(0);
        let values: Vec<f64> = (0..COUNT).map(|_| draw(&mut random)).collect();
        let mean = values.iter().sum::<f64>() / COUNT as f64;
        (
            mean,
            values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / COUNT as f64,
        )
    }

    #[test]
    fn the_layers_close() {
        let (x, density) = &*EDGES;
        assert_eq!(x[LAYERS], 0.0);
        let top = x[LAYERS - 1] * (density[LAYERS] - density[LAYERS - 1]);
        assert!((top - AREA).abs() < 1e-12, "{top}");
    }

    #[test]
    fn shares_below_points_are_those_of_the_law() {
        let mut random = stream(2, "shares").generator(0);
        let values: Vec<f64> = (0..4 * COUNT).map(|_| standard(&mut random)).collect();
        // Φ, from tables.
        let table = [
            (-4.0, 3.167e-5),
            (-3.0, 1.349_898e-3),
            (-1.0, 0.158_655_25),
            (-0.1, 0.460_172_16),
        ];
        for (point, expected) in table
            .into_iter()
            .chain(table.map(|(point, p)| (-point, 1.0 - p)))
        {
            let count = values.len() as f64;
            let share = values.iter().filter(|&&value| value < point).count() as f64 / count;
            let tolerance = 5.0 * (expected * (1.0 - expected) / count).sqrt();
            assert!(
                (share - expected).abs() < tolerance,
                "below {point}: {share}, law {expected}"
            );
        }
        let fourth = values.iter().map(|v| v.powi(4)).sum::<f64>() / values.len() as f64;
        assert!(
            (fourth - 3.0).abs() < 5.0 * (96.0 / values.len() as f64).sqrt(),
            "{fourth}"
        );
    }

    #[test]
    fn truncated_moments_are_those_of_the_law() {
        // Mean and variance by Simpson's rule.
        let law = |a: f64, b: f64| {
            let n = 4000;
            let h = (b - a) / f64::from(n);
            let sum = |power: i32| -> f64 {
                (0..=n)
                    .map(|i| {
                        let z = a + h * f64::from(i);
                        let weight = if i == 0 || i == n {
                            1.0
                        } else {
                            f64::from(2 + 2 * (i % 2))
                        };
                        // Relative to the density at the end nearer to 0, which may be tiny.
                        weight
                            * z.powi(power)
                            * (0.5 * (a.abs().min(b.abs()).powi(2) - z * z)).exp()
                    })
                    .sum()
            };
            let mean = sum(1) / sum(0);
            (mean, sum(2) / sum(0) - mean * mean)
        };
        // Each envelope, and its mirror image.
        for (a, b) in [
            (-2.0, 2.0),
            (-0.5, 1.0),
            (-0.2, 8.0),
            (0.5, 9.0),
            (3.0, 3.2),
            (6.0, 9.0),
            (-9.0, -2.0),
            (-1.0, -0.9),
        ] {
            let (mean, variance) = moments(|random| {
                let z = truncated(a, b, random);
                assert!((a..=b).contains(&z));
                z
            });
            let (law_mean, law_variance) = law(a, b);
            let error = 5.0 * (law_variance / COUNT as f64).sqrt();
            assert!(
                (mean - law_mean).abs() < error,
                "[{a}, {b}]: mean {mean}, law {law_mean}"
            );
            // The kurtosis of these laws is at most 9, that of an exponential.
            let error = 5.0 * law_variance * (8.0 / COUNT as f64).sqrt();
            assert!(
                (variance - law_variance).abs() < error,
                "[{a}, {b}]: {variance}, law {law_variance}"
            );
        }
    }
}
