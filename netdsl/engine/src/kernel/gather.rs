//! Picking rows or elements by index. Indices are elements that hold whole numbers.

use std::fmt;

use super::{SERIAL, pool, share_rows};
use crate::Element;

/// An index that is not a whole number within the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexError {
    /// Where among the indices it is.
    pub position: usize,
    /// What it is.
    pub value: f64,
    /// The size of the axis it should lie in.
    pub size: usize,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position,
            value,
            size,
        } = self;
        write!(
            f,
            "index {value} at position {position} is not a whole number from 0 to below {size}"
        )
    }
}

impl std::error::Error for IndexError {}

/// Rows of a table whose uses are counted at once.
const COUNTED: usize = 256;

/// Checks all indices, so that what follows need not; those equal to `ignore` may be anything.
fn check<E: Element>(indices: &[E], size: usize, ignore: Option<E>) -> Result<(), IndexError> {
    let limit = size as f64;
    let bad = |index: &E| {
        let value = index.to_f64();
        !(value >= 0.0 && value < limit && value.trunc() == value) && Some(*index) != ignore
    };
    match indices.iter().position(bad) {
        Some(position) => Err(IndexError {
            position,
            value: indices[position].to_f64(),
            size,
        }),
        None => Ok(()),
    }
}

fn row<E: Element>(index: E) -> usize {
    index.to_f64() as usize
}

/// `y` gets the row of `table` for each index. Nothing is written if an index is bad.
pub fn embedding<E: Element>(
    table: &[E],
    width: usize,
    indices: &[E],
    y: &mut [E],
) -> Result<(), IndexError> {
    assert_eq!(y.len(), indices.len() * width);
    if width == 0 {
        return Ok(());
    }
    check(indices, table.len() / width, None)?;
    share_rows(y, width, width, |first, y| {
        for (y, &index) in y.chunks_exact_mut(width).zip(&indices[first..]) {
            y.copy_from_slice(&table[row(index) * width..][..width]);
        }
    });
    Ok(())
}

/// The gradient of [`embedding`]: each row of `dtable` sums the rows of `dy` it was looked up
/// for, in the order of the indices. The row `padding` gets 0; with `by_frequency`, each is
/// divided by how often it was looked up.
pub fn embedding_gradient<E: Element>(
    dy: &[E],
    indices: &[E],
    padding: Option<usize>,
    by_frequency: bool,
    width: usize,
    dtable: &mut [E],
) -> Result<(), IndexError> {
    assert_eq!(dy.len(), indices.len() * width);
    if width == 0 {
        return Ok(());
    }
    let rows = dtable.len() / width;
    check(indices, rows, None)?;
    // Every part of the table reads all indices and keeps its own, so parts must be few.
    const PARTS: usize = 8;
    let small = dy.len() + dtable.len() < SERIAL;
    let part = if small { rows } else { rows.div_ceil(PARTS) }.max(1);
    let fill = |at: usize, dtable: &mut [E]| {
        let (first, owned) = (at * part, dtable.len() / width);
        dtable.fill(E::ZERO);
        for (dy, &index) in dy.chunks_exact(width).zip(indices) {
            let index = row(index);
            if index.wrapping_sub(first) < owned && Some(index) != padding {
                let to = &mut dtable[(index - first) * width..][..width];
                to.iter_mut().zip(dy).for_each(|(to, &dy)| *to += dy);
            }
        }
        if by_frequency {
            for (block, dtable) in dtable.chunks_mut(COUNTED * width).enumerate() {
                average(first + block * COUNTED, indices, width, dtable);
            }
        }
    };
    if small {
        fill(0, dtable);
    } else {
        pool::parallel_chunks(dtable, part * width, fill);
    }
    Ok(())
}

/// Divides each of at most [`COUNTED`] rows from `first` on by how often it was looked up.
fn average<E: Element>(first: usize, indices: &[E], width: usize, dtable: &mut [E]) {
    let mut uses = [0usize; COUNTED];
    for &index in indices {
        if let Some(uses) = uses.get_mut(row(index).wrapping_sub(first)) {
            *uses += 1;
        }
    }
    for (row, &uses) in dtable.chunks_exact_mut(width).zip(&uses) {
        let uses = E::from_usize(uses.max(1));
        row.iter_mut().for_each(|x| *x /= uses);
    }
}

/// For each (outer, inner), the element of `x`, seen as (outer, size, inner), at the index given
/// for it; 0 where the index equals `ignore`. Nothing is written if an index is bad.
pub fn pick<E: Element>(
    x: &[E],
    (outer, size, inner): (usize, usize, usize),
    indices: &[E],
    ignore: Option<E>,
    y: &mut [E],
) -> Result<(), IndexError> {
    assert!(x.len() == outer * size * inner);
    assert!(y.len() == outer * inner && indices.len() == y.len());
    check(indices, size, ignore)?;
    for (i, (y, &index)) in y.iter_mut().zip(indices).enumerate() {
        let at = || x[(i / inner * size + row(index)) * inner + i % inner];
        *y = if Some(index) == ignore { E::ZERO } else { at() };
    }
    Ok(())
}

/// The gradient of [`pick`]: `dy` at the elements picked and 0 elsewhere.
pub fn pick_gradient<E: Element>(
    dy: &[E],
    (outer, size, inner): (usize, usize, usize),
    indices: &[E],
    ignore: Option<E>,
    dx: &mut [E],
) -> Result<(), IndexError> {
    assert!(dx.len() == outer * size * inner);
    assert!(dy.len() == outer * inner && indices.len() == dy.len());
    check(indices, size, ignore)?;
    dx.fill(E::ZERO);
    for (i, (&dy, &index)) in dy.iter().zip(indices).enumerate() {
        if Some(index) != ignore {
            dx[(i / inner * size + row(index)) * inner + i % inner] = dy;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, assert_gradient, numbers};
    use super::*;

    #[test]
    fn rows_are_looked_up_and_gradients_match() {
        for (rows, width, n) in [(3, 4, 7), (5, 1, 1), (4, 3, 0), (600, 40, 1000), (2, 0, 3)] {
            let table = numbers::<f64>(rows * width, 1);
            let indices: Vec<f64> = (0..n).map(|i| (i * 7 % rows) as f64).collect();
            let mut y = vec![f64::NAN; n * width];
            embedding(&table, width, &indices, &mut y).unwrap();
            for (i, y) in y.iter().enumerate() {
                assert_eq!(*y, table[indices[i / width] as usize * width + i % width]);
            }
            let (dy, mut dtable) = (numbers::<f64>(n * width, 2), vec![f64::NAN; rows * width]);
            embedding_gradient(&dy, &indices, None, false, width, &mut dtable).unwrap();
            if rows < 10 {
                assert_gradient(&table, &dy, &dtable, |table, y| {
                    embedding(table, width, &indices, y).unwrap();
                });
            }
            let mut scaled = dtable.clone();
            embedding_gradient(&dy, &indices, Some(1), true, width, &mut scaled).unwrap();
            for (i, x) in dtable.iter_mut().enumerate() {
                let uses = indices
                    .iter()
                    .filter(|index| **index as usize == i / width)
                    .count();
                *x = if i / width == 1 {
                    0.0
                } else {
                    *x / uses.max(1) as f64
                };
            }
            assert_close(&scaled, &dtable, 1e-15);
        }
    }

    #[test]
    fn elements_are_picked_and_gradients_match() {
        let x = numbers::<f64>(24, 1);
        let indices = [0.0, 3.0, 2.0, 1.0, -100.0, 2.0];
        let (shape, mut y) = ((2, 4, 3), [f64::NAN; 6]);
        pick(&x, shape, &indices, Some(-100.0), &mut y).unwrap();
        assert_eq!(y, [x[0], x[10], x[8], x[15], 0.0, x[20]]);
        let (dy, mut dx) = (numbers::<f64>(6, 2), [f64::NAN; 24]);
        pick_gradient(&dy, shape, &indices, Some(-100.0), &mut dx).unwrap();
        assert_gradient(&x, &dy, &dx, |x, y| {
            pick(x, shape, &indices, Some(-100.0), y).unwrap()
        });
        pick::<f32>(&[], (0, 3, 1), &[], None, &mut []).unwrap();
    }

    #[test]
    fn bad_indices_are_reported() {
        for value in [3.0, -1.0, 0.5, f32::NAN, f32::INFINITY] {
            let mut y = [7.0f32; 4];
            let error = embedding(&[0.0; 6], 2, &[0.0, value], &mut y).unwrap_err();
            assert_eq!((error.position, error.size), (1, 3));
            assert!(y == [7.0; 4] && error.to_string().contains("at position 1"));
            assert!(
                embedding_gradient(&[0.0; 2], &[value], None, false, 2, &mut [0.0; 6]).is_err()
            );
            assert!(pick(&[0.0; 3], (1, 3, 1), &[value], None, &mut [0.0]).is_err());
            assert!(pick_gradient(&[0.0], (1, 3, 1), &[value], None, &mut [0.0; 3]).is_err());
        }
    }
}
