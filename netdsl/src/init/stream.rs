//! The random stream of one parameter, named by the seed and the parameter's path.
//!
//! Nothing here reads a global generator, so a parameter's values depend on the seed and its path only:
//! not on when it is drawn, on what was drawn before it, or on the number of threads.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// How many elements share a generator. A parameter is cut in pieces of this many elements, which are drawn
/// independently of each other; 64 Ki `f32` are 256 KiB, small for a cache and large for a task.
pub const CHUNK: usize = 1 << 16;

/// A random stream: a supply of generators, one per chunk of a parameter. See [`stream`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    key: u64,
}

/// The stream of the parameter at `path`, for example `fc1.weight`, under `seed`.
///
/// key = mix(mix(seed) xor fnv1a(path)), where `mix` is the output function of SplitMix64 (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014) and `fnv1a` the 64-bit hash of Fowler, Noll and Vo.
/// The definition is fixed: the same seed and path mean the same values in every version of this crate.
pub fn stream(seed: u64, path: &str) -> Stream {
    Stream {
        key: mix(mix(seed) ^ fnv1a(path)),
    }
}

impl Stream {
    /// The generator of chunk number `chunk`: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom
    /// number generators", 2021), seeded with mix(key + (chunk + 1) · φ), φ = 2⁶⁴ / golden ratio.
    pub fn generator(self, chunk: u64) -> Xoshiro256PlusPlus {
        // Mixed, because the generator's own seeding walks in steps of φ: neighbours would share their states.
        let seed = mix(self
            .key
            .wrapping_add(chunk.wrapping_add(1).wrapping_mul(GOLDEN)));
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(GOLDEN);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a, 64 bits.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::Rng;

    #[test]
    fn published_values() {
        // SplitMix64 from state 0 (Vigna's splitmix64.c), and the FNV authors' test vector for "foobar".
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(GOLDEN), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_name_has_its_own_values() {
        let first = |seed, path, chunk| stream(seed, path).generator(chunk).next_u64();
        let mut seen = std::collections::HashSet::new();
        for seed in 0..20 {
            for path in ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", ""] {
                for chunk in 0..20 {
                    assert!(
                        seen.insert(first(seed, path, chunk)),
                        "{seed} {path} {chunk}"
                    );
                    assert_eq!(first(seed, path, chunk), first(seed, path, chunk));
                }
            }
        }
    }
}
