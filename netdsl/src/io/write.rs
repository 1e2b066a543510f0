//! Writing tensors into a safetensors file.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use super::atomic::replace_file;
use super::json::quoted;
use super::numbers::{NumberError, encode};
use super::safetensors::{LONGEST_HEADER, PREFIX};
use super::{Dtype, TensorFileError};
use crate::Element;

/// How many elements are converted between two writes.
const CHUNK: usize = 1 << 14;

/// Writes tensors, each a name, the type to store it in, a shape, and its elements, with the last axis fastest.
///
/// The file appears whole or not at all: a failure leaves what was at `path` before. The tensors keep the order given,
/// except that those with wider numbers come first, because PyTorch reads a tensor in place only where its offset
/// is a multiple of the width of its numbers. The same input gives the same bytes.
///
/// Fails if a number does not exist in the type it is to be stored in, as 0.5 in I64 or 70000 in F16.
pub fn write<'a, E: Element, N: AsRef<str>, S: AsRef<[usize]>, D: AsRef<[E]> + ?Sized + 'a>(
    path: impl AsRef<Path>,
    tensors: impl IntoIterator<Item = (N, Dtype, S, &'a D)>,
    metadata: &BTreeMap<String, String>,
) -> Result<(), TensorFileError> {
    let path = path.as_ref();
    let mut tensors: Vec<Tensor<N, S, E>> = tensors
        .into_iter()
        .map(|(name, dtype, shape, data)| Tensor {
            name,
            dtype,
            shape,
            data: data.as_ref(),
        })
        .collect();
    tensors.sort_by_key(|tensor| std::cmp::Reverse(tensor.dtype.bitsize()));
    let header = header(path, &tensors, metadata)?;

    let failed = |failure: Failure<&N>| match failure {
        Failure::Io(source) => TensorFileError::Io {
            file: path.to_path_buf(),
            action: "write",
            source,
        },
        Failure::Number(name, error) => error.of(path, name.as_ref()),
    };
    replace_file(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        let mut bytes = Vec::new();
        for tensor in &tensors {
            for chunk in tensor.data.chunks(CHUNK) {
                bytes.clear();
                for &element in chunk {
                    encode(tensor.dtype, element, &mut bytes)
                        .map_err(|error| Failure::Number(&tensor.name, error))?;
                }
                file.write_all(&bytes)?;
            }
        }
        Ok(())
    })
    .map_err(failed)
}

struct Tensor<'a, N, S, E> {
    name: N,
    dtype: Dtype,
    shape: S,
    data: &'a [E],
}

/// Why writing stopped; a number also says in which tensor.
enum Failure<N> {
    Io(io::Error),
    Number(N, NumberError),
}

impl<N> From<io::Error> for Failure<N> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The header as JSON, filled up with spaces so that the data starts at a multiple of 8.
fn header<N: AsRef<str>, S: AsRef<[usize]>, E>(
    path: &Path,
    tensors: &[Tensor<N, S, E>],
    metadata: &BTreeMap<String, String>,
) -> Result<String, TensorFileError> {
    let mut members = Vec::new();
    if !metadata.is_empty() {
        let pairs: Vec<String> = metadata
            .iter()
            .map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)))
            .collect();
        members.push(format!("\"__metadata__\":{{{}}}", pairs.join(",")));
    }
    let mut names = HashSet::from(["__metadata__"]);
    let mut start = 0;
    for Tensor {
        name,
        dtype,
        shape,
        data,
    } in tensors
    {
        let (name, shape) = (name.as_ref(), shape.as_ref());
        if !names.insert(name) {
            return Err(TensorFileError::Name {
                file: path.to_path_buf(),
                tensor: name.to_owned(),
            });
        }
        let elements = shape
            .iter()
            .try_fold(1usize, |product, &size| product.checked_mul(size));
        if elements != Some(data.len()) {
            return Err(TensorFileError::Length {
                file: path.to_path_buf(),
                tensor: name.to_owned(),
                shape: shape.to_vec(),
                found: data.len(),
            });
        }
        let end = start + data.len() * dtype.bitsize() / 8;
        let mut member = quoted(name);
        let shape = shape
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>()
            .join(",");
        // Writing into a String does not fail.
        let _ = write!(
            member,
            ":{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{start},{end}]}}"
        );
        members.push(member);
        start = end;
    }
    let mut header = format!("{{{}}}", members.join(","));
    let padded = header.len().next_multiple_of(PREFIX);
    header.extend(std::iter::repeat_n(' ', padded - header.len()));
    if header.len() > LONGEST_HEADER {
        let file = path.to_path_buf();
        return Err(TensorFileError::HeaderTooLong {
            file,
            found: header.len(),
            limit: LONGEST_HEADER,
        });
    }
    Ok(header)
}
