//! A safetensors file in memory: names, shapes and numbers of its tensors.
//!
//! Read here, strictly, and not by the `safetensors` crate: that one brings all of serde for a dictionary of three
//! words, which takes seconds to build, and accepts headers that say a thing twice.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::json::Broken;
use super::numbers::{NumberError, decode};
use super::{Dtype, TensorFileError};
use crate::Element;
use crate::places::Places;
use header::Header;

mod header;
#[cfg(test)]
mod tests;

/// Bytes in front of the header that say how long it is.
pub(super) const PREFIX: usize = 8;

/// The longest header that the reference implementation reads.
pub(super) const LONGEST_HEADER: usize = 100_000_000;

/// The named tensors of a safetensors file, in the order of the file, and its metadata.
///
/// ```
/// use netdsl::io::{Dtype, TensorFile, write};
/// use std::collections::BTreeMap;
///
/// let path = std::env::temp_dir().join("netdsl-doc.safetensors");
/// write(&path, [("fc1.weight", Dtype::F32, [2, 1], &[0.5f32, 1.5])], &BTreeMap::new())?;
///
/// let file = TensorFile::open(&path)?;
/// let weight = file.get("fc1.weight").expect("was just written");
/// assert_eq!(weight.shape, [2, 1]);
/// assert_eq!(weight.to_vec::<f64>()?, [0.5, 1.5]);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), netdsl::io::TensorFileError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TensorFile {
    path: PathBuf,
    bytes: Vec<u8>,
    tensors: Vec<Entry>,
    /// Where in `tensors` each of them is.
    places: Places,
    metadata: BTreeMap<String, String>,
}

/// Where a tensor lies in the bytes of the file.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    range: Range<usize>,
}

/// One tensor of a [`TensorFile`].
#[derive(Debug, Clone, Copy)]
pub struct TensorView<'a> {
    /// The name in the file.
    pub name: &'a str,
    /// The type of its numbers.
    pub dtype: Dtype,
    /// Its shape, `[]` for a single number.
    pub shape: &'a [usize],
    /// Its numbers, little-endian, the last axis fastest.
    pub bytes: &'a [u8],
    file: &'a Path,
}

impl TensorFile {
    /// Reads the file at `path`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TensorFileError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| TensorFileError::Io {
            file: path.to_path_buf(),
            action: "read",
            source,
        })?;
        Self::parse(path.to_path_buf(), bytes)
    }

    /// Reads a file that is in memory already. Errors call it `<memory>`.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, TensorFileError> {
        Self::parse(PathBuf::from("<memory>"), bytes.into())
    }

    fn parse(path: PathBuf, bytes: Vec<u8>) -> Result<Self, TensorFileError> {
        match parse_header(&bytes) {
            Ok(Header { tensors, metadata }) => {
                let mut places = Places::default();
                for entry in &tensors {
                    places.add(entry.name.clone());
                }
                Ok(Self {
                    path,
                    bytes,
                    tensors,
                    places,
                    metadata,
                })
            }
            Err(_) if is_of_pytorch(&bytes) => Err(TensorFileError::PyTorch { file: path }),
            Err(Broken { expected, found }) => Err(TensorFileError::Malformed {
                file: path,
                expected,
                found,
            }),
        }
    }

    /// The tensor of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<TensorView<'_>> {
        Some(self.view(&self.tensors[self.places.get(name)?]))
    }

    /// The tensors, in the order of their data.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TensorView<'_>> {
        self.tensors.iter().map(|entry| self.view(entry))
    }

    /// The names of the tensors, in the order of their data.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tensors.iter().map(|entry| entry.name.as_str())
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there is no tensor.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// What the file says about itself beside the tensors.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Where the file was read from, `<memory>` if from bytes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn view<'a>(&'a self, entry: &'a Entry) -> TensorView<'a> {
        TensorView {
            name: &entry.name,
            dtype: entry.dtype,
            shape: &entry.shape,
            bytes: &self.bytes[entry.range.clone()],
            file: &self.path,
        }
    }
}

impl TensorView<'_> {
    /// The numbers as elements, rounded to nearest; `BOOL` becomes 0 and 1.
    ///
    /// Fails for a type other than F64, F32, F16, BF16, I64, I32, U8 and BOOL, for a whole number that is not exact
    /// in `E`, and for a finite number that is not finite in `E`.
    pub fn to_vec<E: Element>(&self) -> Result<Vec<E>, TensorFileError> {
        decode(self.dtype, self.bytes).map_err(|error| error.of(self.file, self.name))
    }
}

impl NumberError {
    /// The error with its place.
    pub(super) fn of(self, file: &Path, tensor: &str) -> TensorFileError {
        let (file, tensor) = (file.to_path_buf(), tensor.to_owned());
        match self {
            Self::Unsupported(dtype) => TensorFileError::UnsupportedDtype {
                file,
                tensor,
                dtype,
            },
            Self::Unrepresentable(value, dtype) => TensorFileError::Unrepresentable {
                file,
                tensor,
                value,
                dtype,
            },
        }
    }
}

/// Whether a file that is not safetensors begins as those of `torch.save` do: a zip archive, or a pickle.
fn is_of_pytorch(bytes: &[u8]) -> bool {
    let is_pickle = matches!(bytes, [0x80, 2..=5, ..]);
    bytes.starts_with(b"PK\x03\x04") || is_pickle
}

/// Reads the header; the ranges of its tensors are then those of the file.
fn parse_header(bytes: &[u8]) -> Result<Header, Broken> {
    let Some((prefix, rest)) = bytes.split_first_chunk::<PREFIX>() else {
        return Err(Broken::new(
            format!("{PREFIX} bytes with the length of the header"),
            format!("a file of {} bytes", bytes.len()),
        ));
    };
    let said = u64::from_le_bytes(*prefix);
    let length = usize::try_from(said)
        .ok()
        .filter(|&length| length <= LONGEST_HEADER);
    let Some((header, data)) = length.and_then(|length| rest.split_at_checked(length)) else {
        let most = rest.len().min(LONGEST_HEADER);
        return Err(Broken::new(
            format!("a header of at most {most} bytes"),
            format!("its length given as {said}"),
        ));
    };
    let start = PREFIX + header.len();
    let mut header = Header::parse(header, data.len())?;
    for entry in &mut header.tensors {
        entry.range = start + entry.range.start..start + entry.range.end;
    }
    Ok(header)
}
