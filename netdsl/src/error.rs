//! What can go wrong while a network is built, bound, run or loaded.

use crate::shape::{Cause, Fault, FaultKind, Unresolved};
use std::fmt;
use std::path::PathBuf;

/// The error of everything that works on networks.
#[non_exhaustive]
pub enum Error {
    /// A size does not fit.
    Shape(Box<ShapeError>),
    /// A parameter was asked for that does not exist yet.
    Waiting(Box<WaitingError>),
    /// Sizes are still open after everything that is known was used.
    Unresolved(Vec<Unresolved>),
    /// There is no such layer or parameter.
    NoSuchName {
        /// The name that was asked for.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// A parameter was to be changed that is another layer's.
    Tied {
        /// Its path.
        parameter: String,
        /// The path of what it is tied to.
        owner: String,
        /// It is that one transposed.
        transposed: bool,
    },
    /// A value that an input, a parameter or an option cannot have.
    Invalid(String),
    /// A state dict that does not fit the network.
    StateDict(Box<StateDictError>),
    /// A parameter cannot be initialised as asked.
    Init {
        /// The path of the parameter; empty where it is an array by itself (`init::fill`).
        parameter: String,
        /// Why.
        source: crate::init::InitError,
    },
    /// A file that cannot be read or written.
    File(crate::io::TensorFileError),
    /// Data that cannot be used.
    Data(crate::data::DataError),
    /// An optimiser that cannot be used.
    Optimizer(crate::train::optimizer::OptimizerError),
}

/// A size that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError {
    /// The path of the layer; empty in a network's own body.
    pub layer: String,
    /// The axis, by its meaning.
    pub axis: String,
    /// The size expected and the size found.
    pub sizes: Option<(usize, usize)>,
    /// The whole story: the sizes, where they came from, what to write instead.
    pub message: String,
    /// Where to write it: file and line of the definition.
    pub place: Option<String>,
    /// What else is wrong, in the order of the source.
    pub others: Vec<ShapeError>,
}

/// A parameter that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingError {
    /// The path of the parameter, or of its layer.
    pub parameter: String,
    /// Its shape, as far as it is known: `[120, _]`.
    pub shape: String,
    /// What is missing and how to supply it.
    pub message: String,
}

/// A state dict that does not fit the network: everything that is wrong at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateDictError {
    /// The file.
    pub file: PathBuf,
    /// Parameters that the file lacks, each with names like it that the file has.
    pub missing: Vec<(String, Vec<String>)>,
    /// Names in the file that the network lacks, each with names like it that it has.
    pub unexpected: Vec<(String, Vec<String>)>,
    /// Parameters of another shape: the path, the network's shape, the file's.
    pub mismatched: Vec<(String, String, String)>,
    /// Tied parameters for which the file has other values than for what they are tied to: both paths.
    pub untied: Vec<(String, String)>,
}

impl StateDictError {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        let Self {
            file: _,
            missing,
            unexpected,
            mismatched,
            untied,
        } = self;
        missing.is_empty() && unexpected.is_empty() && mismatched.is_empty() && untied.is_empty()
    }
}

impl ShapeError {
    /// A mistake in a layer of this path, and others; its own path may be cut.
    pub(crate) fn new(fault: &Fault, layer: String, others: Vec<Self>) -> Self {
        Self {
            layer,
            axis: fault.axis(),
            sizes: fault.sizes(),
            message: fault.text().as_str().to_owned(),
            // What the network was built with stands where it was built, not in its definition.
            place: match fault.kind {
                FaultKind::Declared {
                    cause: Cause::Given { .. },
                    ..
                } => None,
                _ => fault.at.map(|at| format!("{}:{}", at.file(), at.line())),
            },
            others,
        }
    }

    /// Gives this help in the place of what helps elsewhere.
    pub(crate) fn instead(&mut self, help: &str) {
        let sentence = self.message.find("\n  = help: ");
        self.message
            .truncate(sentence.unwrap_or(self.message.len()));
        self.message.push_str("\n  = help: ");
        self.message.push_str(help);
    }

    /// Adds a line to what is told of each mistake, or of those it is for.
    pub(crate) fn note(&mut self, line: &str, is_for: &dyn Fn(&Self) -> bool) {
        for other in &mut self.others {
            other.note(line, is_for);
        }
        if is_for(self) {
            self.message.push_str("\n  = note: ");
            self.message.push_str(line);
        }
    }
}

/// As [`fmt::Display`] says it: this is what a `main` that returns an error prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(error) => error.fmt(f),
            Self::Waiting(error) => f.write_str(&error.message),
            Self::Unresolved(open) => {
                f.write_str("sizes are still open:")?;
                open.iter().try_for_each(|size| write!(f, "\n  {size}"))
            }
            Self::NoSuchName { name, near } => {
                write!(f, "there is no `{name}`")?;
                if near.is_empty() {
                    Ok(())
                } else {
                    write!(f, "; did you mean `{}`?", near.join("` or `"))
                }
            }
            Self::Tied {
                parameter,
                owner,
                transposed,
            } => {
                let how = if *transposed { " transposed" } else { "" };
                write!(f, "`{parameter}` is `{owner}`{how}: change that one")
            }
            Self::Invalid(message) => f.write_str(message),
            Self::StateDict(error) => error.fmt(f),
            Self::Init { parameter, source } if parameter.is_empty() => source.fmt(f),
            Self::Init { parameter, source } => {
                write!(f, "`{parameter}` cannot be initialised: {source}")
            }
            Self::File(error) => error.fmt(f),
            Self::Data(error) => error.fmt(f),
            Self::Optimizer(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        self.others
            .iter()
            .try_for_each(|other| write!(f, "\n{other}"))
    }
}

impl fmt::Display for StateDictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the state dict {} does not fit the network:",
            self.file.display()
        )?;
        let names = |f: &mut fmt::Formatter<'_>, what: &str, names: &[(String, Vec<String>)]| {
            for (name, near) in names {
                write!(f, "\n  {what} `{name}`")?;
                if !near.is_empty() {
                    write!(f, " (like `{}`)", near.join("`, `"))?;
                }
            }
            Ok(())
        };
        names(f, "missing", &self.missing)?;
        names(f, "unexpected", &self.unexpected)?;
        for (name, own, file) in &self.mismatched {
            write!(f, "\n  `{name}` is {own} here and {file} in the file")?;
        }
        for (tied, owner) in &self.untied {
            write!(
                f,
                "\n  `{tied}` is tied to `{owner}`, but the file has other values for it"
            )?;
        }
        if !self.mismatched.is_empty() {
            let names: Vec<_> = self.mismatched.iter().map(|(name, ..)| name).collect();
            let (it, kept) = match names[..] {
                [name] => ("it", format!("name != {name:?}")),
                _ => ("them", format!("!{names:?}.contains(&name)")),
            };
            write!(
                f,
                "\n  = help: to leave {it} out and load the rest: `load_partial_renamed(path, |name| \
                 ({kept}).then(|| name.to_owned()))`"
            )
        } else if !self.missing.is_empty() || !self.unexpected.is_empty() {
            f.write_str(
                "\n  = help: `load_partial` leaves out what has no counterpart, `load_renamed` gives the names of a file anew",
            )
        } else {
            Ok(())
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Init { source, .. } => Some(source),
            Self::File(error) => Some(error),
            Self::Data(error) => Some(error),
            Self::Optimizer(error) => Some(error),
            _ => None,
        }
    }
}

impl From<crate::init::InitError> for Error {
    fn from(source: crate::init::InitError) -> Self {
        let parameter = String::new();
        Self::Init { parameter, source }
    }
}

impl From<crate::io::TensorFileError> for Error {
    fn from(error: crate::io::TensorFileError) -> Self {
        Self::File(error)
    }
}

impl From<crate::data::DataError> for Error {
    fn from(error: crate::data::DataError) -> Self {
        Self::Data(error)
    }
}

impl From<crate::train::optimizer::OptimizerError> for Error {
    fn from(error: crate::train::optimizer::OptimizerError) -> Self {
        Self::Optimizer(error)
    }
}

/// A shape in words, unknown sizes as `_`.
pub(crate) fn shown(shape: &[Option<usize>]) -> String {
    let sizes: Vec<_> = shape
        .iter()
        .map(|size| size.map_or("_".to_owned(), |size| size.to_string()))
        .collect();
    format!("[{}]", sizes.join(", "))
}
