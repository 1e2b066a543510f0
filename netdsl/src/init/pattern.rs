//! Initialisers that place values: identity, Dirac, sparse.

use crate::Element;

use super::normal;
use super::stream::Stream;
use rand_xoshiro::rand_core::Rng;

/// The identity matrix in `out`, [rows, cols]; ones on the diagonal as far as it goes (`torch.nn.init.eye_`).
pub(super) fn eye<E: Element>(cols: usize, out: &mut [E]) {
    out.fill(E::ZERO);
    for (row, entries) in out.chunks_mut(cols).enumerate() {
        if let Some(entry) = entries.get_mut(row) {
            *entry = E::ONE;
        }
    }
}

/// The kernel that passes input channel i to output channel i of every group, in `out`, [out, in, *kernel]: ones at the
/// middle of the kernel (`torch.nn.init.dirac_`).
pub(super) fn dirac<E: Element>(groups: usize, shape: &[usize], out: &mut [E]) {
    out.fill(E::ZERO);
    let (outputs, inputs, kernel) = (shape[0], shape[1], &shape[2..]);
    let size: usize = kernel.iter().product();
    let middle = kernel
        .iter()
        .fold(0, |offset, axis| offset * axis + axis / 2);
    let per_group = outputs / groups;
    for output in 0..outputs {
        let input = output % per_group;
        if input < inputs {
            out[(output * inputs + input) * size + middle] = E::ONE;
        }
    }
}

/// N(0, std²) in `out`, [rows, cols], with ⌈sparsity · rows⌉ zeros at random places of every column
/// (Martens, "Deep learning via Hessian-free optimization", 2010; `torch.nn.init.sparse_`).
pub(super) fn sparse<E: Element>(
    sparsity: f64,
    std: f64,
    cols: usize,
    stream: Stream,
    out: &mut [E],
) {
    let rows = out.len() / cols;
    let mut random = stream.generator(0);
    for value in out.iter_mut() {
        *value = E::from_f64(std * normal::standard(&mut random));
    }
    let zeros = ((sparsity * rows as f64).ceil() as usize).min(rows);
    let mut order: Vec<usize> = (0..rows).collect();
    for col in 0..cols {
        // The first places of a Fisher-Yates shuffle; any order is a fair start of the next.
        for place in 0..zeros {
            order.swap(place, place + below(rows - place, &mut random));
            out[order[place] * cols + col] = E::ZERO;
        }
    }
}

/// A whole number in 0..limit: the upper half of a 64-bit product, off by at most limit/2⁶⁴ from uniform.
fn below(limit: usize, random: &mut impl Rng) -> usize {
    ((u128::from(random.next_u64()) * limit as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::stream;

    #[test]
    fn eye_is_rectangular() {
        let mut out = [9f32; 6];
        eye(3, &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        eye(2, &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn dirac_is_the_identity_of_every_group() {
        let mut out = [9f64; 4 * 2 * 3];
        dirac(2, &[4, 2, 3], &mut out);
        let ones: Vec<usize> = (0..out.len()).filter(|&i| out[i] == 1.0).collect();
        // Outputs 0, 1 of both groups take inputs 0, 1 at kernel position 1.
        assert_eq!(ones, [1, 2 * 3 + 3 + 1, 4 * 3 + 1, 6 * 3 + 3 + 1]);
        // A kernel of even sizes: [3 / 2, 4 / 2] as PyTorch has it; the third output has no input.
        let mut out = [9f64; 3 * 2 * 12];
        dirac(1, &[3, 2, 3, 4], &mut out);
        let ones: Vec<usize> = (0..out.len()).filter(|&i| out[i] == 1.0).collect();
        assert_eq!(ones, [4 + 2, 36 + 4 + 2]);
        assert_eq!(out.iter().sum::<f64>(), 2.0);
    }

    #[test]
    fn sparse_columns_have_their_zeros() {
        let (rows, cols) = (25, 40);
        let mut out = vec![0f32; rows * cols];
        sparse(0.3, 0.01, cols, stream(0, "sparse"), &mut out);
        let mut at_row = vec![0; rows];
        for col in 0..cols {
            let zeros: Vec<usize> = (0..rows)
                .filter(|row| out[row * cols + col] == 0.0)
                .collect();
            assert_eq!(zeros.len(), 8, "⌈7.5⌉ in column {col}");
            zeros.iter().for_each(|&row| at_row[row] += 1);
        }
        // 40 columns, each row is zero with probability 8/25: 12.8 ± 2.95.
        assert!(
            at_row.iter().all(|&count| (1..=26).contains(&count)),
            "{at_row:?}"
        );
    }
}
