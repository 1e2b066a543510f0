//! Orthogonal matrices: the Q of a QR decomposition of normal numbers.

use crate::Element;

use super::normal;
use super::stream::{CHUNK, Stream};

/// Fills `out`, a matrix [rows, cols], with `gain` times a random matrix whose rows (if rows ≤ cols) or columns are
/// orthonormal: Q·diag(sign(diag R)) of a normal matrix = QR, transposed if rows < cols, as `torch.nn.init.orthogonal_`
/// does (Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
/// networks", 2013). The signs make the law uniform (Mezzadri, "How to generate random matrices from the classical
/// compact groups", 2007).
pub(super) fn fill<E: Element>(gain: f64, rows: usize, cols: usize, stream: Stream, out: &mut [E]) {
    // q: [short, long], its columns of the tall matrix as contiguous rows.
    let (long, short) = (rows.max(cols), rows.min(cols));
    let mut q = vec![0.0; long * short];
    for (chunk, part) in q.chunks_mut(CHUNK).enumerate() {
        normal::fill(0.0, 1.0, stream.generator(chunk as u64), part);
    }
    orthonormalise(&mut q, long);
    for (index, value) in out.iter_mut().enumerate() {
        let (row, col) = (index / cols, index % cols);
        let entry = if rows < cols {
            q[row * long + col]
        } else {
            q[col * long + row]
        };
        *value = E::from_f64(gain * entry);
    }
}

/// Replaces the `length`-long vectors in `matrix` by the orthonormal ones of its QR decomposition with diag R > 0,
/// by Householder reflections (Golub and Van Loan, "Matrix Computations", sections 5.1 and 5.2).
fn orthonormalise(matrix: &mut [f64], length: usize) {
    let count = matrix.len() / length;
    let mut signs = vec![1.0; count];
    // Reflection k is I − v·vᵀ/β with v in vector k from entry k on, and β = −v₀·r.
    let mut scales = vec![0.0; count];
    for k in 0..count {
        let (done, rest) = matrix.split_at_mut((k + 1) * length);
        let v = &mut done[k * length + k..];
        let norm = dot(v, v).sqrt();
        let r = if v[0] > 0.0 { -norm } else { norm };
        signs[k] = if r < 0.0 { -1.0 } else { 1.0 };
        v[0] -= r;
        scales[k] = -v[0] * r;
        for other in rest.chunks_mut(length) {
            reflect(v, scales[k], &mut other[k..]);
        }
    }
    // Column k of Q: the reflections, last to first, applied to the unit vector e_k. Those after k leave it alone.
    for k in (0..count).rev() {
        let (done, rest) = matrix.split_at_mut((k + 1) * length);
        let v = &mut done[k * length + k..];
        for other in rest.chunks_mut(length) {
            reflect(v, scales[k], &mut other[k..]);
        }
        let (v0, scale) = (v[0], scales[k]);
        // e_k − v·(v₀/β), in v's own place; a zero vector reflects nothing.
        let factor = if scale == 0.0 { 0.0 } else { -v0 / scale };
        v.iter_mut().for_each(|entry| *entry *= factor);
        v[0] += 1.0;
        done[k * length..k * length + k].fill(0.0);
    }
    for (vector, sign) in matrix.chunks_mut(length).zip(signs) {
        vector.iter_mut().for_each(|entry| *entry *= sign);
    }
}

/// x − v·(vᵀx)/β.
fn reflect(v: &[f64], scale: f64, x: &mut [f64]) {
    if scale != 0.0 {
        let factor = dot(v, x) / scale;
        x.iter_mut().zip(v).for_each(|(x, v)| *x -= factor * v);
    }
}

/// vᵀx in eight partial sums, which vectorise.
fn dot(v: &[f64], x: &[f64]) -> f64 {
    let (v8, v_rest) = v.as_chunks::<8>();
    let (x8, x_rest) = x.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (v, x) in v8.iter().zip(x8) {
        for k in 0..8 {
            sums[k] += v[k] * x[k];
        }
    }
    sums.iter().sum::<f64>() + v_rest.iter().zip(x_rest).map(|(v, x)| v * x).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::stream;

    #[test]
    fn known_decomposition() {
        // Columns (3, 4) and (1, 2): R = [[5, 2.2], [0, 0.4]], Q = [[0.6, −0.8], [0.8, 0.6]].
        let mut matrix = [3.0, 4.0, 1.0, 2.0];
        orthonormalise(&mut matrix, 2);
        for (entry, expected) in matrix.into_iter().zip([0.6, 0.8, -0.8, 0.6]) {
            assert!((entry - expected).abs() < 1e-15, "{matrix:?}");
        }
    }

    #[test]
    fn diagonal_of_r_is_positive() {
        let (length, count) = (37, 23);
        let mut before = vec![0.0; length * count];
        normal::fill(0.0, 1.0, stream(0, "r").generator(0), &mut before);
        let mut q = before.clone();
        orthonormalise(&mut q, length);
        for (j, a) in before.chunks(length).enumerate() {
            for (i, q_i) in q.chunks(length).enumerate() {
                // R = QᵀA is upper triangular.
                let r = dot(q_i, a);
                assert!(
                    if i == j {
                        r > 0.0
                    } else {
                        i < j || r.abs() < 1e-12
                    },
                    "R[{i}, {j}] = {r}"
                );
                let unit = dot(q_i, &q[j * length..][..length]);
                assert!((unit - f64::from(i == j)).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn zeros_stay_finite() {
        let mut matrix = [0.0; 12];
        orthonormalise(&mut matrix, 4);
        assert!(matrix.iter().all(|entry| entry.is_finite()));
    }
}
