//! The header of a safetensors file: JSON that names the tensors and says where their numbers are.
//!
//! Stricter than the reference implementation where that one guesses: nothing may be said twice,
//! and nothing but what the format knows may be said.

use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashSet};

use super::Entry;
use crate::io::Dtype;
use crate::io::json::{Broken, Reader};

/// The member that is no tensor.
const METADATA: &str = "__metadata__";

/// What a header says. The tensors lie one behind the other, from the start of the data to its end.
pub(super) struct Header {
    /// In the order of their data; the name decides between tensors without data.
    pub(super) tensors: Vec<Entry>,
    pub(super) metadata: BTreeMap<String, String>,
}

impl Header {
    /// Reads a header and checks that its tensors fill `data` bytes exactly.
    pub(super) fn parse(bytes: &[u8], data: usize) -> Result<Self, Broken> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Broken::new("a header in UTF-8", error.to_string()))?;
        let mut tensors = Vec::new();
        let mut metadata = None;
        let mut reader = Reader::new(text);
        reader.object(&mut |reader, name| {
            if name == METADATA {
                return once(&mut metadata, &name, strings(reader)?);
            }
            tensors.push(tensor(reader, name)?);
            Ok(())
        })?;
        reader.end()?;
        check_names(&tensors)?;
        tensors.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        check_layout(&tensors, data)?;
        let metadata = metadata.unwrap_or_default();
        Ok(Self { tensors, metadata })
    }
}

fn key(entry: &Entry) -> (usize, usize, &str) {
    (entry.range.start, entry.range.end, &entry.name)
}

/// Reads an object of strings.
fn strings(reader: &mut Reader<'_>) -> Result<BTreeMap<String, String>, Broken> {
    let mut strings = BTreeMap::new();
    reader.object(&mut |reader, name| match strings.entry(name) {
        Vacant(entry) => {
            entry.insert(reader.string()?);
            Ok(())
        }
        Occupied(entry) => Err(twice(entry.key())),
    })?;
    Ok(strings)
}

/// Reads what is said about one tensor.
fn tensor(reader: &mut Reader<'_>, name: String) -> Result<Entry, Broken> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    reader.object(&mut |reader, field| match &*field {
        "dtype" => once(&mut dtype, &field, named_dtype(reader)?),
        "shape" => once(&mut shape, &field, sizes(reader)?),
        "data_offsets" => once(&mut offsets, &field, sizes(reader)?),
        _ => Err(Broken::new(
            format!("`dtype`, `shape` or `data_offsets` of tensor `{name}`"),
            format!("`{field}`"),
        )),
    })?;
    let lacking = |field: &str| Broken::new(format!("`{field}` of tensor `{name}`"), "none");
    let dtype = dtype.ok_or_else(|| lacking("dtype"))?;
    let shape = shape.ok_or_else(|| lacking("shape"))?;
    match *offsets.ok_or_else(|| lacking("data_offsets"))? {
        [start, end] if start <= end => Ok(Entry {
            name,
            dtype,
            shape,
            range: start..end,
        }),
        ref other => Err(Broken::new(
            format!("a start and an end as `data_offsets` of tensor `{name}`"),
            format!("{other:?}"),
        )),
    }
}

fn named_dtype(reader: &mut Reader<'_>) -> Result<Dtype, Broken> {
    let name = reader.string()?;
    Dtype::named(&name).ok_or_else(|| Broken::new("the name of a type", format!("`{name}`")))
}

fn sizes(reader: &mut Reader<'_>) -> Result<Vec<usize>, Broken> {
    let mut sizes = Vec::new();
    reader.list(&mut |reader| {
        sizes.push(reader.size()?);
        Ok(())
    })?;
    Ok(sizes)
}

fn once<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), Broken> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(twice(name)),
    }
}

fn twice(name: &str) -> Broken {
    Broken::new(format!("`{name}` once"), "it twice")
}

fn check_names(tensors: &[Entry]) -> Result<(), Broken> {
    let mut names = HashSet::new();
    match tensors.iter().find(|entry| !names.insert(&*entry.name)) {
        None => Ok(()),
        Some(entry) => Err(twice(&entry.name)),
    }
}

/// Checks that tensors in order lie one behind the other, each as long as its shape and type say.
fn check_layout(tensors: &[Entry], data: usize) -> Result<(), Broken> {
    let mut end = 0;
    for entry in tensors {
        let Entry { name, range, .. } = entry;
        if range.start != end {
            return Err(Broken::new(
                format!("the numbers of tensor `{name}` from byte {end} of the data on"),
                format!("from byte {} on", range.start),
            ));
        }
        end = range.end;
        if byte_length(entry) != Some(range.len()) {
            return Err(Broken::new(
                format!(
                    "as many bytes for tensor `{name}` as {} numbers of its shape {:?} take",
                    entry.dtype, entry.shape
                ),
                range.len().to_string(),
            ));
        }
    }
    if end != data {
        let expected = format!("{end} bytes of data, as the header says");
        return Err(Broken::new(expected, data.to_string()));
    }
    Ok(())
}

/// The bytes that the numbers of a tensor take, if they are whole and there can be as many.
fn byte_length(entry: &Entry) -> Option<usize> {
    let mut sizes = entry.shape.iter();
    let numbers = sizes.try_fold(1usize, |count, &size| count.checked_mul(size))?;
    let bits = numbers.checked_mul(entry.dtype.bitsize())?;
    bits.is_multiple_of(8).then_some(bits / 8)
}
