//! What can be wrong with data.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::PathBuf;

/// Why data could not be read or used.
#[non_exhaustive]
pub enum DataError {
    /// The file system, or the decompression, said no.
    Read {
        /// The file.
        file: PathBuf,
        /// What it answered.
        source: io::Error,
    },
    /// A file holds something else than it should.
    File {
        /// The file.
        file: PathBuf,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
        /// What to do about it.
        help: &'static str,
    },
    /// A place in a text file holds something else than it should.
    Cell {
        /// The file.
        file: PathBuf,
        /// The line, the first being 1.
        line: usize,
        /// The column, counted in values, the first being 1.
        column: usize,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// Arrays of one data set have not equally many rows.
    Rows {
        /// What two of them are: "inputs", "targets 2".
        what: [String; 2],
        /// Their shapes.
        shapes: [Vec<usize>; 2],
    },
    /// Rows have another shape than those the sizes were taken from.
    Shape {
        /// The shape of one row, as fitted.
        expected: Vec<usize>,
        /// The shape of one row, as given.
        found: Vec<usize>,
    },
    /// A number that was asked for is outside its range.
    Range {
        /// What the number is: "batch size", "row".
        what: &'static str,
        /// The numbers that would do.
        expected: String,
        /// The number given.
        found: String,
    },
}

/// As [`Display`] says it: this is what a `main` that returns an error prints.
impl fmt::Debug for DataError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for DataError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { file, source } => write!(
                f,
                "cannot read `{}`: {source}; check the path, or get the file again if it is damaged",
                file.display()
            ),
            Self::File {
                file,
                expected,
                found,
                help,
            } => {
                write!(
                    f,
                    "`{}`: expected {expected}, found {found}; {help}",
                    file.display()
                )
            }
            Self::Cell {
                file,
                line,
                column,
                expected,
                found,
            } => write!(
                f,
                "`{}`, line {line}, column {column}: expected {expected}, found {found}; correct or remove the line",
                file.display()
            ),
            Self::Rows { what, shapes } => write!(
                f,
                "{} of shape {:?} and {} of shape {:?}: expected the same first size in both, a row for each sample",
                what[0], shapes[0], what[1], shapes[1]
            ),
            Self::Shape { expected, found } => {
                write!(
                    f,
                    "rows of shape {found:?}: expected {expected:?}, as in the rows fitted; fit to rows like these"
                )
            }
            Self::Range {
                what,
                expected,
                found,
            } => {
                write!(f, "{what} {found}: expected {expected}")
            }
        }
    }
}

impl std::error::Error for DataError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } => Some(source),
            _ => None,
        }
    }
}
