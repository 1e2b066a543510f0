//! What the benches share: the networks of two workloads, and data to run them on.

use ndarray::{Array1, ArrayD};
use netdsl::prelude::*;

network! {
    pub struct Mlp {
        fc1: Linear<_, 256>,
        fc2: Linear<_, 256>,
        head: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        head(fc2(fc1(x).relu()).relu())
    }

    pub struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        head(fc2(fc1(x).relu()).relu())
    }
}

/// What a bench gives, or what went wrong.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Batches a training case rotates through.
pub const BATCHES: usize = 4;

/// A small xorshift generator: the data only has to be random, not good.
pub struct Random(pub u64);

impl Random {
    /// The next one.
    pub fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }

    /// A batch of numbers between -1 and 1.
    pub fn array(&mut self, batch: usize, sample: &[usize]) -> Outcome<ArrayD<f32>> {
        let shape: Vec<usize> = [&[batch], sample].concat();
        let values = (0..shape.iter().product())
            .map(|_| self.next() as f32 / 2f32.powi(31) - 1.0)
            .collect();
        Ok(ArrayD::from_shape_vec(shape, values)?)
    }

    /// As many batches of such shape and their classes as a case rotates through.
    pub fn batches(
        &mut self,
        shape: &[usize],
        classes: u32,
    ) -> Outcome<Vec<(ArrayD<f32>, Array1<f32>)>> {
        let batch = |random: &mut Self| {
            let x = random.array(shape[0], &shape[1..])?;
            Ok((
                x,
                (0..shape[0])
                    .map(|_| (random.next() % classes) as f32)
                    .collect(),
            ))
        };
        (0..BATCHES).map(|_| batch(self)).collect()
    }
}
