//! The networks of these tests, and what several of them ask.

use ndarray::ArrayD;
use netdsl::io::Dtype;
use netdsl::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

network! {
    /// Waits for the size of its images.
    pub(crate) struct Small {
        conv: Conv2d<_, 4, 3>,
        pub(crate) fc1: Linear<_, 8>,
        pub(crate) fc2: Linear<_, 3>,
    }

    fn forward(image: [_, _, _]) -> [3] {
        let x = conv(image).relu().max_pool2d(2).flatten();
        fc2(fc1(x).relu())
    }
}

network! {
    /// No parameter depends on the height and width of its images.
    pub(crate) struct Convolutions {
        conv1: Conv2d<_, 4, 3>(padding = 1),
        norm: BatchNorm2d<_>,
        conv2: Conv2d<_, 2, 1>,
    }
}

network! {
    pub(crate) struct Mlp<inputs, hidden, classes> {
        hidden_layer: Linear<inputs, hidden>,
        act: Relu,
        out: Linear<_, classes>,
    }
}

network! {
    pub(crate) struct Block<features> {
        fc: Linear<_, features>,
        act: Tanh,
    }

    pub(crate) struct Nested {
        stem: Block<6>,
        blocks: [Block<6>; 2],
        head: Linear<_, 2>,
    }
}

/// Numbers that differ from each other, the same ones each time.
pub(crate) fn numbers(shape: &[usize]) -> ArrayD<f32> {
    let mut state = 1u32;
    ArrayD::from_shape_simple_fn(shape, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    })
}

/// Paths, shapes and the bits of values.
pub(crate) type Bits = Vec<(String, Vec<usize>, Vec<u32>)>;

/// The bits of all parameters and buffers that exist, by path.
pub(crate) fn bits<N: Network<f32>>(net: &N) -> Bits {
    let infos = net.parameters();
    let existing = infos.into_iter().filter_map(|info| {
        let value = net.parameter(&info.path).ok()?;
        Some((
            info.path,
            value.shape().to_vec(),
            value.iter().map(|x| x.to_bits()).collect(),
        ))
    });
    existing.collect()
}

/// A file that is gone with its guard.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!(
            "netdsl-tests-{}-{name}.safetensors",
            std::process::id()
        )))
    }
}

impl AsRef<Path> for TempFile {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A file of zeros.
pub(crate) fn write_zeros(path: impl AsRef<Path>, tensors: &[(&str, &[usize])]) {
    let zeros: Vec<_> = tensors
        .iter()
        .map(|(_, shape)| vec![0f32; shape.iter().product()])
        .collect();
    let tensors = tensors
        .iter()
        .zip(&zeros)
        .map(|((name, shape), zeros)| (*name, Dtype::F32, *shape, zeros.as_slice()));
    netdsl::io::write(path.as_ref(), tensors, &BTreeMap::new()).unwrap();
}
