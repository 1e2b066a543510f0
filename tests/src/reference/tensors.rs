//! The tensors of a case, by name.

use ndarray::{ArrayD, IxDyn};
use netdsl::Element;
use netdsl::io::{Dtype, TensorFile};
use std::collections::BTreeMap;
use std::path::Path;

/// A tensor of any type; its numbers are exact as `f64`.
#[derive(Clone, Debug)]
pub struct Array {
    /// The shape.
    pub shape: Vec<usize>,
    /// The numbers, the last axis fastest.
    pub values: Vec<f64>,
    /// Whether they stand for true and false.
    pub boolean: bool,
}

/// The tensors of a file.
#[derive(Clone, Debug)]
pub struct Tensors {
    all: BTreeMap<String, Array>,
}

impl Array {
    /// As an array of elements.
    pub fn elements<E: Element>(&self) -> Result<ArrayD<E>, String> {
        let values = self
            .values
            .iter()
            .map(|&value| E::from_f64(value))
            .collect();
        ArrayD::from_shape_vec(IxDyn(&self.shape), values).map_err(|error| error.to_string())
    }
}

impl Tensors {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = TensorFile::open(path).map_err(|error| error.to_string())?;
        let mut all = BTreeMap::new();
        for view in file.iter() {
            let boolean = view.dtype == Dtype::BOOL;
            let values = numbers(view.dtype, view.bytes)
                .ok_or_else(|| format!("`{}` is of type {:?}", view.name, view.dtype))?;
            all.insert(
                view.name.to_owned(),
                Array {
                    shape: view.shape.to_vec(),
                    values,
                    boolean,
                },
            );
        }
        Ok(Self { all })
    }

    /// The tensor of a name.
    pub fn get(&self, name: &str) -> Result<&Array, String> {
        self.find(name)
            .ok_or_else(|| format!("the file has no `{name}`"))
    }

    /// The tensor of a name, if there is one.
    pub fn find(&self, name: &str) -> Option<&Array> {
        self.all.get(name)
    }
}

fn numbers(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f64>> {
    fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        bytes
            .as_chunks::<N>()
            .0
            .iter()
            .map(|&chunk| number(chunk))
            .collect()
    }
    Some(match dtype {
        Dtype::F32 => each(bytes, |chunk| f32::from_le_bytes(chunk).into()),
        Dtype::F64 => each(bytes, f64::from_le_bytes),
        Dtype::I64 => each(bytes, |chunk| i64::from_le_bytes(chunk) as f64),
        Dtype::I32 => each(bytes, |chunk| i32::from_le_bytes(chunk).into()),
        Dtype::U8 | Dtype::BOOL => each(bytes, |[byte]: [u8; 1]| byte.into()),
        _ => return None,
    })
}
