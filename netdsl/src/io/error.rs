//! What can be wrong with a file of tensors, or with what is to be written into one.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::PathBuf;

use super::Dtype;

/// Why a file of tensors could not be read or written.
#[non_exhaustive]
pub enum TensorFileError {
    /// The file system said no.
    Io {
        /// The file.
        file: PathBuf,
        /// What was being done: "read", "write".
        action: &'static str,
        /// What the system answered.
        source: io::Error,
    },
    /// The bytes are not a safetensors file, or only a part of one.
    Malformed {
        /// The file.
        file: PathBuf,
        /// What the format asks for at the place.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The file is one of PyTorch's own.
    PyTorch {
        /// The file.
        file: PathBuf,
    },
    /// The tensor's type has no conversion to or from elements.
    UnsupportedDtype {
        /// The file.
        file: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// The type it has.
        dtype: Dtype,
    },
    /// A number of the tensor does not exist in the type it is to become.
    Unrepresentable {
        /// The file.
        file: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// The number, as text.
        value: String,
        /// The type it was to become.
        dtype: &'static str,
    },
    /// A tensor to be written has another number of elements than its shape says.
    Length {
        /// The file.
        file: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// The shape it was given.
        shape: Vec<usize>,
        /// The number of elements it was given.
        found: usize,
    },
    /// A tensor to be written has a name that another has, or that the format keeps for itself.
    Name {
        /// The file.
        file: PathBuf,
        /// The name.
        tensor: String,
    },
    /// The names, shapes and metadata to be written are longer than readers of the format accept.
    HeaderTooLong {
        /// The file.
        file: PathBuf,
        /// The number of bytes they take.
        found: usize,
        /// The number of bytes that readers accept.
        limit: usize,
    },
}

/// As [`Display`] says it: this is what a `main` that returns an error prints.
impl fmt::Debug for TensorFileError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for TensorFileError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io {
                file,
                action,
                source,
            } => {
                write!(f, "cannot {action} `{}`: {source}", file.display())
            }
            Self::Malformed {
                file,
                expected,
                found,
            } => write!(
                f,
                "`{}` is not a whole safetensors file: expected {expected}, found {found}; \
                 save or download it again",
                file.display()
            ),
            Self::PyTorch { file } => write!(
                f,
                "`{}` is in PyTorch's own format; save it there as safetensors: \
                 `safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")`",
                file.display()
            ),
            Self::UnsupportedDtype {
                file,
                tensor,
                dtype,
            } => write!(
                f,
                "tensor `{tensor}` of `{}` has type {dtype}, expected one of F64, F32, F16, BF16, I64, I32, \
                 U8, BOOL; convert it to one of these",
                file.display()
            ),
            Self::Unrepresentable {
                file,
                tensor,
                value,
                dtype,
            } => write!(
                f,
                "tensor `{tensor}` of `{}` holds {value}, which {dtype} cannot represent; use a wider type",
                file.display()
            ),
            Self::Length {
                file,
                tensor,
                shape,
                found,
            } => write!(
                f,
                "tensor `{tensor}` for `{}` has shape {shape:?}, but {found} elements; give as many as the \
                 product of its shape",
                file.display()
            ),
            Self::Name { file, tensor } => write!(
                f,
                "tensor name `{tensor}` for `{}` is written twice or is `__metadata__`; give each tensor a \
                 name of its own",
                file.display()
            ),
            Self::HeaderTooLong { file, found, limit } => write!(
                f,
                "names, shapes and metadata for `{}` take {found} bytes, expected at most {limit}; write \
                 several files",
                file.display()
            ),
        }
    }
}

impl std::error::Error for TensorFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
