//! Initialisers of one's own: functions of a shape and a random stream.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Stream, normal};

/// The random numbers of one parameter, for [`Init::function`](super::Init::function).
#[derive(Clone, Debug)]
pub struct Draws {
    generator: Xoshiro256PlusPlus,
}

impl Draws {
    /// The numbers of a stream, from its beginning.
    pub fn new(stream: Stream) -> Self {
        Self {
            generator: stream.generator(0),
        }
    }

    /// A number from U(low, high).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * normal::unit(&mut self.generator)
    }

    /// A number from N(mean, std²).
    pub fn normal(&mut self, mean: f64, std: f64) -> f64 {
        mean + std * normal::standard(&mut self.generator)
    }

    /// The generator itself, for the distributions of other crates.
    pub fn generator(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.generator
    }
}

/// A function that says how parameters start.
#[derive(Clone, Copy, Debug)]
pub struct Function(pub(super) fn(&[usize], &mut Draws) -> Vec<f64>);

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Function {
    /// The elements of an array of a shape.
    pub(super) fn values(self, shape: &[usize], stream: Stream) -> Vec<f64> {
        (self.0)(shape, &mut Draws::new(stream))
    }
}
