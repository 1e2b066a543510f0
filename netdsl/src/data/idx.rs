//! Files in the idx format of MNIST, plain or compressed with gzip.
//!
//! Two zero bytes, a byte for the type, a byte for the number of dimensions, the dimensions, the numbers; everything
//! big-endian. Format: <http://yann.lecun.com/exdb/mnist/>.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use ndarray::ArrayD;

use super::DataError;
use crate::Element;

/// How many bytes are reserved before any of them was seen to exist.
const RESERVED: usize = 1 << 26;

/// The contents of an idx file.
#[derive(Debug, Clone, PartialEq)]
pub enum Idx {
    /// Unsigned bytes, type 0x08.
    U8(ArrayD<u8>),
    /// Signed bytes, type 0x09.
    I8(ArrayD<i8>),
    /// Integers of 16 bits, type 0x0B.
    I16(ArrayD<i16>),
    /// Integers of 32 bits, type 0x0C.
    I32(ArrayD<i32>),
    /// Floats of 32 bits, type 0x0D.
    F32(ArrayD<f32>),
    /// Floats of 64 bits, type 0x0E.
    F64(ArrayD<f64>),
}

/// Evaluates an expression for the array inside, whatever its type.
macro_rules! each {
    ($idx:expr, $array:ident => $result:expr) => {
        match $idx {
            Idx::U8($array) => $result,
            Idx::I8($array) => $result,
            Idx::I16($array) => $result,
            Idx::I32($array) => $result,
            Idx::F32($array) => $result,
            Idx::F64($array) => $result,
        }
    };
}

impl Idx {
    /// Reads the file at `path`; that it is compressed is seen from its first bytes.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| DataError::Read {
            file: path.to_path_buf(),
            source,
        })?;
        Self::read(BufReader::new(file), path)
    }

    /// Reads from any source, plain or compressed; errors call it `name`.
    pub fn read(mut source: impl BufRead, name: impl AsRef<Path>) -> Result<Self, DataError> {
        let name = name.as_ref();
        let start = source.fill_buf().map_err(|source| DataError::Read {
            file: name.to_path_buf(),
            source,
        })?;
        if start.starts_with(&[0x1f, 0x8b]) {
            parse(MultiGzDecoder::new(source), name)
        } else {
            parse(source, name)
        }
    }

    /// The dimensions.
    pub fn shape(&self) -> &[usize] {
        each!(self, array => array.shape())
    }

    /// The numbers as elements, rounded to nearest.
    pub fn to_elements<E: Element>(&self) -> ArrayD<E> {
        each!(self, array => elements(array))
    }
}

fn elements<N: Copy + Into<f64>, E: Element>(array: &ArrayD<N>) -> ArrayD<E> {
    array.mapv(|number| E::from_f64(number.into()))
}

/// Reads what is under the compression.
fn parse(source: impl Read, name: &Path) -> Result<Idx, DataError> {
    let mut file = Bytes { source, name };
    let magic = file.take(4, "magic number")?;
    let (&[0, 0, kind, rank], Some(width)) = (&magic[..], width(magic[2])) else {
        let found = magic.iter().map(|byte| format!("{byte:02x}"));
        return Err(file.wrong(
            "an idx magic number, 0x0000 with a type of 0x08, 0x09, 0x0b to 0x0e and a rank",
            format!("0x{}", found.collect::<String>()),
        ));
    };
    let dimensions = file.take(4 * usize::from(rank), "dimensions")?;
    let shape: Vec<usize> = dimensions
        .as_chunks()
        .0
        .iter()
        .map(|&size| u32::from_be_bytes(size) as usize)
        .collect();
    let Some(length) = length(&shape, width) else {
        return Err(file.wrong("dimensions that fit into memory", format!("{shape:?}")));
    };
    let bytes = file.take(length, "numbers")?;
    file.end(&shape, length)?;
    numbers(kind, &shape, bytes)
        .map_err(|error| file.wrong("dimensions that fit the numbers", error.to_string()))
}

/// A file that is being read.
struct Bytes<'a, R> {
    source: R,
    name: &'a Path,
}

impl<R: Read> Bytes<'_, R> {
    fn take(&mut self, count: usize, what: &str) -> Result<Vec<u8>, DataError> {
        let bytes = self.take_at_most(count)?;
        if bytes.len() < count {
            let found = format!("the end after {}", bytes.len());
            return Err(self.wrong(format!("{count} bytes of {what}"), found));
        }
        Ok(bytes)
    }

    /// Reading on to the end is also what has gzip check its sum.
    fn end(&mut self, shape: &[usize], length: usize) -> Result<(), DataError> {
        if self.take_at_most(1)?.is_empty() {
            return Ok(());
        }
        let expected = format!("the end after {length} bytes, for dimensions {shape:?}");
        Err(self.wrong(expected, "more bytes".into()))
    }

    fn take_at_most(&mut self, count: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::with_capacity(count.min(RESERVED));
        let source = self.source.by_ref();
        match source.take(count as u64).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(source) => Err(DataError::Read {
                file: self.name.to_path_buf(),
                source,
            }),
        }
    }

    fn wrong(&self, expected: impl Into<String>, found: String) -> DataError {
        DataError::File {
            file: self.name.to_path_buf(),
            expected: expected.into(),
            found,
            help: "get the file again, or give the right one",
        }
    }
}

/// How many bytes the numbers of an array take, where memory can hold them.
fn length(shape: &[usize], width: usize) -> Option<usize> {
    // The limit of ndarray; zero times something too large is too large as well.
    let all = bytes(shape.iter().filter(|&&size| size > 0), width);
    let fits = matches!(all, Some(..=0x7fff_ffff_ffff));
    bytes(shape.iter(), width).filter(|_| fits)
}

fn bytes<'s>(mut sizes: impl Iterator<Item = &'s usize>, width: usize) -> Option<usize> {
    sizes.try_fold(width, |product, &size| product.checked_mul(size))
}

fn numbers(kind: u8, shape: &[usize], bytes: Vec<u8>) -> Result<Idx, ndarray::ShapeError> {
    macro_rules! array {
        ($variant:ident, $number:ty) => {{
            let numbers = bytes.as_chunks().0.iter();
            let numbers = numbers.map(|&bytes| <$number>::from_be_bytes(bytes));
            ArrayD::from_shape_vec(shape, numbers.collect()).map(Idx::$variant)
        }};
    }
    match kind {
        0x08 => ArrayD::from_shape_vec(shape, bytes).map(Idx::U8),
        0x09 => array!(I8, i8),
        0x0b => array!(I16, i16),
        0x0c => array!(I32, i32),
        0x0d => array!(F32, f32),
        _ => array!(F64, f64),
    }
}

/// The bytes that a number of this type takes.
fn width(kind: u8) -> Option<usize> {
    match kind {
        0x08 | 0x09 => Some(1),
        0x0b => Some(2),
        0x0c | 0x0d => Some(4),
        0x0e => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const SMALL: [u8; 18] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];

    fn read(bytes: &[u8]) -> Result<Idx, String> {
        Idx::read(bytes, "test.idx").map_err(|error| error.to_string())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_compressed() {
        let expect = ndarray::arr2(&[[1u8, 2, 3], [4, 5, 255]]).into_dyn();
        assert_eq!(read(&SMALL), Ok(Idx::U8(expect.clone())));
        assert_eq!(read(&gzip(&SMALL)), Ok(Idx::U8(expect)));
        assert_eq!(read(&SMALL).unwrap().to_elements::<f32>()[[1, 2]], 255.0);
    }

    #[test]
    fn every_type() {
        let check = |kind: u8, bytes: &[u8], expect: f64| {
            let idx = read(&[&[0, 0, kind, 1, 0, 0, 0, 1], bytes].concat()).unwrap();
            assert_eq!(idx.shape(), [1]);
            assert_eq!(idx.to_elements::<f64>()[[0]], expect, "{kind:#x}");
        };
        check(0x09, &[254], -2.0);
        check(0x0b, &[255, 254], -2.0);
        check(0x0c, &[255, 255, 255, 254], -2.0);
        check(0x0d, &0.5f32.to_be_bytes(), 0.5);
        check(0x0e, &0.1f64.to_be_bytes(), 0.1);
        assert_eq!(read(&[0, 0, 8, 0, 7]).unwrap().shape(), [0; 0]);
        assert_eq!(read(&[0, 0, 8, 1, 0, 0, 0, 0]).unwrap().shape(), [0]);
    }

    #[test]
    fn malformed() {
        let check = |bytes: &[u8], message: &str| {
            let error = read(bytes).unwrap_err();
            assert!(
                error.contains("`test.idx`") && error.contains(message),
                "{error}"
            );
        };
        check(b"", "found the end after 0");
        check(b"PK\x03\x04", "found 0x504b0304");
        check(&[0, 0, 10, 1, 0, 0, 0, 0], "found 0x00000a01");
        check(&[&SMALL[..], &[0]].concat(), "found more bytes");
        check(&gzip(&[&SMALL[..], &[0]].concat()), "found more bytes");
        check(&[&gzip(&SMALL)[..], b"more"].concat(), "cannot read");
        check(
            &[&[0, 0, 14, 3][..], &[255; 12]].concat(),
            "fit into memory",
        );
        check(
            &[&[0, 0, 8, 255][..], &[255; 1020]].concat(),
            "fit into memory",
        );
        check(
            &[&[0, 0, 14, 4][..], &[0; 4], &[255; 12]].concat(),
            "fit into memory",
        );
        check(
            &[&[0, 0, 8, 1][..], &[255; 4], &[1, 2, 3]].concat(),
            "4294967295 bytes of numbers, found the end after 3",
        );
        let compressed = gzip(&SMALL);
        for length in 0..SMALL.len() {
            assert!(read(&SMALL[..length]).is_err());
        }
        for length in 0..compressed.len() {
            assert!(read(&compressed[..length]).is_err());
        }
        let whole = read(&SMALL);
        for place in 0..compressed.len() {
            for byte in 0..=255 {
                let mut damaged = compressed.clone();
                damaged[place] = byte;
                let read = read(&damaged);
                assert!(read.is_err() || read == whole, "{place} {byte}");
            }
        }
    }
}
