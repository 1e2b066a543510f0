//! Filling arrays: cut in chunks, drawn in parallel.

use crate::Element;
use crate::engine::pool;

use super::law::{self, Law};
use super::{CHUNK, Init, InitError, Stream};

/// Elements that one thread draws in less time than waking another takes: about 20 µs.
const SERIAL: usize = 1 << 14;

/// Fills `out`, an array of `shape`, from `stream`. `fan` is the fan of [`Init::FanInUniform`] if it is not the array's own
/// fan-in: a bias takes its weight's.
///
/// ```
/// use netdsl::init::{Init, fill, stream};
/// let mut weight = [0f32; 6];
/// fill(&Init::xavier_uniform(), &[2, 3], None, stream(0, "fc1.weight"), &mut weight)?;
/// assert!(weight.iter().all(|w| w.abs() <= (6f32 / 5.0).sqrt()));
/// # Ok::<(), netdsl::init::InitError>(())
/// ```
pub fn fill<E: Element>(
    init: &Init,
    shape: &[usize],
    fan: Option<usize>,
    stream: Stream,
    out: &mut [E],
) -> Result<(), InitError> {
    fill_all(vec![Job {
        init: *init,
        shape,
        fan,
        stream,
        out,
    }])
    .map_err(|(_, error)| error)
}

/// One array to fill; the fields are the arguments of [`fill`].
#[derive(Debug)]
pub struct Job<'a, E> {
    /// The law.
    pub init: Init,
    /// The array's shape.
    pub shape: &'a [usize],
    /// The fan of [`Init::FanInUniform`], if it is not the array's own fan-in.
    pub fan: Option<usize>,
    /// The randomness.
    pub stream: Stream,
    /// The array.
    pub out: &'a mut [E],
}

/// Fills several arrays, all their chunks in parallel. If a job is impossible, its index and the reason come back, and no
/// array was touched.
pub fn fill_all<E: Element>(jobs: Vec<Job<'_, E>>) -> Result<(), (usize, InitError)> {
    // Functions are asked first: what they give may be wrong.
    let given: Vec<Vec<f64>> = jobs
        .iter()
        .map(|job| match job.init {
            Init::Function(function) => function.values(job.shape, job.stream),
            _ => Vec::new(),
        })
        .collect();
    let mut laws = Vec::with_capacity(jobs.len());
    for (index, (job, given)) in jobs.iter().zip(&given).enumerate() {
        let elements = job
            .shape
            .iter()
            .try_fold(1, |product: usize, &axis| product.checked_mul(axis));
        let law = law::resolve(&job.init, job.shape, job.fan).and_then(|law| {
            let (law, length) = match law {
                Law::Values(_) => (Law::Values(given), given.len()),
                law => (law, job.out.len()),
            };
            let fits = elements == Some(job.out.len()) && length == job.out.len();
            fits.then_some(law).ok_or_else(|| InitError::Length {
                shape: job.shape.to_vec(),
                length,
            })
        });
        laws.push(law.map_err(|error| (index, error))?);
    }
    let mut pieces = Vec::new();
    for (job, law) in jobs.into_iter().zip(laws) {
        let length = if law.is_divisible() {
            CHUNK
        } else {
            job.out.len().max(1)
        };
        let chunks = job.out.chunks_mut(length).enumerate();
        pieces.extend(chunks.map(|(chunk, out)| Piece {
            law,
            stream: job.stream,
            chunk: chunk as u64,
            out,
        }));
    }
    // An orthogonal matrix costs more than its elements say, but one alone cannot be divided.
    let elements: usize = pieces.iter().map(|piece| piece.out.len()).sum();
    if pieces.len() > 1 && elements > SERIAL {
        pool::parallel_chunks(&mut pieces, 1, |_, pieces| {
            pieces.iter_mut().for_each(Piece::fill);
        });
    } else {
        pieces.iter_mut().for_each(Piece::fill);
    }
    Ok(())
}

/// What one task fills: a chunk of an array, or the whole if the law cannot be divided.
struct Piece<'a, E> {
    law: Law<'a>,
    stream: Stream,
    chunk: u64,
    out: &'a mut [E],
}

impl<E: Element> Piece<'_, E> {
    fn fill(&mut self) {
        self.law.fill(self.stream, self.chunk, self.out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::stream;

    fn draw<E: Element>(init: Init, shape: &[usize], seed: u64) -> Vec<E> {
        let mut out = vec![E::ZERO; shape.iter().product()];
        fill(&init, shape, None, stream(seed, "weight"), &mut out).unwrap();
        out
    }

    #[test]
    fn chunks_are_independent() {
        for init in [Init::uniform(), Init::normal(), Init::trunc_normal()] {
            let long: Vec<f32> = draw(init, &[2 * CHUNK + 100], 1);
            let short: Vec<f32> = draw(init, &[CHUNK + 7], 1);
            assert_eq!(long[..CHUNK + 7], short);
            assert_ne!(long[..CHUNK], long[CHUNK..2 * CHUNK]);
        }
    }

    #[test]
    fn a_row_of_an_embedding_is_zero() {
        let shape = [CHUNK / 2, 5];
        for row in [0, CHUNK / 5, CHUNK / 2 - 1] {
            let whole: Vec<f64> = draw(Init::normal(), &shape, 3);
            let gap: Vec<f64> = draw(Init::NormalButRow(row), &shape, 3);
            for (i, (whole, gap)) in whole.iter().zip(&gap).enumerate() {
                assert_eq!(*gap, if i / 5 == row { 0.0 } else { *whole });
            }
        }
        assert!(Init::NormalButRow(4).check(&[4, 2], None).is_err());
    }

    #[test]
    fn jobs_do_not_influence_each_other() {
        let shapes: [&[usize]; 3] = [&[300, 400], &[7, 9], &[CHUNK, 2]];
        let inits = [
            Init::kaiming_normal(),
            Init::orthogonal(),
            Init::FanInUniform,
        ];
        let mut together: Vec<Vec<f32>> =
            shapes.map(|shape| vec![0.0; shape.iter().product()]).into();
        let jobs = together
            .iter_mut()
            .zip(shapes)
            .zip(inits)
            .map(|((out, shape), init)| Job {
                init,
                shape,
                fan: None,
                stream: stream(3, "weight"),
                out,
            });
        fill_all(jobs.collect()).unwrap();
        for ((out, shape), init) in together.into_iter().zip(shapes).zip(inits) {
            assert_eq!(out, draw::<f32>(init, shape, 3));
        }
    }

    #[test]
    fn an_impossible_job_leaves_all_arrays_alone() {
        let (mut first, mut second) = ([7f64; 4], [7f64; 4]);
        let jobs = vec![
            Job {
                init: Init::Zeros,
                shape: &[4],
                fan: None,
                stream: stream(0, "a"),
                out: &mut first[..],
            },
            Job {
                init: Init::xavier_normal(),
                shape: &[4],
                fan: None,
                stream: stream(0, "b"),
                out: &mut second[..],
            },
        ];
        let error = InitError::TooFewAxes {
            needed: 2,
            shape: vec![4],
        };
        assert_eq!(fill_all(jobs), Err((1, error)));
        assert_eq!((first, second), ([7.0; 4], [7.0; 4]));
    }

    #[test]
    fn empty_arrays_are_fine() {
        for init in [
            Init::kaiming_uniform(),
            Init::xavier_normal(),
            Init::orthogonal(),
            Init::Eye,
            Init::FanInUniform,
        ] {
            for shape in [[0, 4], [4, 0], [0, 0]] {
                assert!(draw::<f32>(init, &shape, 0).is_empty());
            }
        }
    }

    #[test]
    fn a_slice_of_another_length_is_an_error() {
        let mut out = [0f32; 5];
        let length = fill(&Init::Zeros, &[2, 3], None, stream(0, ""), &mut out).unwrap_err();
        assert_eq!(
            length.to_string(),
            "an array of shape [2, 3] does not have 5 elements"
        );
        assert!(
            fill(
                &Init::Zeros,
                &[usize::MAX, 2],
                None,
                stream(0, ""),
                &mut out
            )
            .is_err()
        );
    }
}
