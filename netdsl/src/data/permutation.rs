//! A random order that a seed determines for ever.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// The numbers from 0 to `len` − 1 in an order drawn from `seed`, each order equally likely.
///
/// The generator is xoshiro256++ seeded through SplitMix64; the shuffle is that of Fisher and Yates from the end, each
/// place drawn by Lemire's multiplication with rejection. All of it is fixed here, so the order never changes.
///
/// ```
/// assert_eq!(netdsl::data::permutation(8, 1), [4, 2, 1, 7, 3, 0, 5, 6]);
/// ```
pub fn permutation(len: usize, seed: u64) -> Vec<usize> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        let place = below(last as u64 + 1, || generator.next_u64());
        order.swap(last, place as usize);
    }
    order
}

/// A whole number below `bound`, each equally likely. `bound` is not 0.
fn below(bound: u64, mut next: impl FnMut() -> u64) -> u64 {
    loop {
        let product = u128::from(next()) * u128::from(bound);
        // The lower halves that would make some results likelier: the 2⁶⁴ mod bound smallest.
        if product as u64 >= bound.wrapping_neg() % bound {
            return (product >> 64) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_once() {
        for len in [0, 1, 2, 1000] {
            let mut order = permutation(len, 7);
            order.sort_unstable();
            assert_eq!(order, (0..len).collect::<Vec<_>>());
        }
        assert_ne!(permutation(1000, 1), permutation(1000, 2));
    }

    #[test]
    fn each_order_equally_often() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..24_000 {
            *counts.entry(permutation(4, seed)).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 1000 expected of each, standard deviation 31
        assert!(
            counts.values().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn rejects_what_would_be_unfair() {
        // 2⁶⁴ mod 3 is 1: the one lower half to reject is 0.
        let mut draws = [0, 1 << 63].into_iter();
        assert_eq!(below(3, || draws.next().unwrap()), 1);
        assert_eq!(draws.next(), None);
    }
}
