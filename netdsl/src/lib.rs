//! Neural networks whose sizes the compiler infers.

// The code that `network!` writes names this crate from outside and from inside alike.
extern crate self as netdsl;

pub mod data;
mod error;
pub mod graph;
pub mod init;
pub mod io;
pub mod layer;
pub mod loss;
mod network;
pub mod shape;
pub mod train;

pub use error::{Error, ShapeError, StateDictError, WaitingError};
pub use netdsl_engine as engine;
pub use netdsl_engine::Element;
pub use netdsl_engine::graph::custom::{Operand, Operation, Output};
/// # Parameters of a network
///
/// | written | is | may be left open | checked |
/// | --- | --- | --- | --- |
/// | `Net<inputs>` | a size, given when the network is built | `_` | then, or by the compiler where it is a constant |
/// | `Net<const CLASSES: usize>` | a size, a count or a flag, part of the type | no | by the compiler, for each type |
/// | `Net<B: UnaryLayer>` | a kind of layers, part of the type | no | what is around them: by the compiler; they themselves: when sizes are known |
///
/// Rust's generics are given as in an expression, sizes follow: `network!(Net::<Block, 10><_>)`. They stand
/// before anyone has chosen them: what is wrong whatever they will be is told at the definition. A layer that
/// depends on a size of the type is [`Deferred`], and bound from construction on where nothing else is open.
///
/// A number that is no size of data cannot be inferred: the kernel of a convolution, the length of a stack, a
/// condition. It is a number, a constant or a parameter, and building a network without it is an error.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     /// Keeps what arrives where its shape stays, and projects it where not.
///     #[derive(Clone)]
///     struct Block<const WIDTH: usize, const STRIDE: usize> {
///         conv: Conv2d<_, WIDTH, 3>(stride = STRIDE, padding = 1),
///         shortcut: Option<Conv2d<_, WIDTH, 1>(stride = STRIDE)>(when = STRIDE != 1),
///     }
///
///     fn forward(x: [_, _, _]) -> [WIDTH, _, _] {
///         (conv(x) + shortcut(x)).relu()
///     }
///
///     struct Net<First: UnaryLayer, classes> {
///         first: First,
///         rest: [Block::<8, 1>; 2],
///         head: Linear<_, classes>,
///     }
///
///     fn forward(image: [_, _, _]) -> [classes] {
///         head(rest(first(image)).adaptive_avg_pool2d(1).flatten())
///     }
/// }
///
/// let net = network!(Net::<Block<8, 2>><10>)?;
/// net.bind([3, 16, 16])?;
/// assert_eq!(net.parameter("first.shortcut.weight")?.shape(), [8, 3, 1, 1]);
/// assert!(net.rest[0].shortcut.is_none());
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// A type whose constants do not fit is no program:
///
/// ```compile_fail,E0080
/// use netdsl::prelude::*;
///
/// network! {
///     struct Pair<const WIDTH: usize> {
///         fc1: Linear<4, WIDTH>,
///         fc2: Linear<6, 2>,
///     }
/// }
///
/// fn build<const WIDTH: usize>() -> Result<Pair<WIDTH>, netdsl::Error> {
///     Pair::new()
/// }
///
/// build::<5>();
/// ```
///
/// # Layers that may be absent
///
/// `name: Option<Conv2d<…>(…)>(when = stride != 1)`: the condition is about constants and parameters. The field
/// is an `Option`; where it is `None` the layer has no parameters and no row in tables or files, and calling it
/// gives its argument back, as `torch.nn.Identity` does.
pub use netdsl_macros::network;
pub use network::{
    Backward, Deferred, Forward, Input, Layer, LoadReport, Module, Network, Parameter,
    ParameterInfo, Part, Row, Stack, Standalone, Status, Summary, Tied, UnaryLayer, Untied,
};
pub use shape::Unresolved;

/// What a program that defines networks needs: `use netdsl::prelude::*;`.
pub mod prelude {
    pub use crate::graph::{Scope, Tensor, cat, stack};
    pub use crate::init::Init;
    pub use crate::layer::*;
    pub use crate::shape::Arg;
    pub use crate::{Deferred, Element, Error, Layer, Module, Network, Stack, UnaryLayer, network};
}

/// What the code that `network!` writes calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::graph::tensor::Lower;
    pub use crate::graph::trace::Site;
    pub use crate::graph::{
        Checked, Counts, Found, Question, Scope, Storage, Tensor, Trace, given, here,
    };
    pub use crate::network::{
        Assemble, Choose, Core, Foreign, Input, Module, Name, Network, NoShapeRule, Part, Parts,
        Stack, Tied, check_sizes, join, next_output,
    };
    pub use crate::shape::{Arg, Lift, Text, Unresolved};
    pub use crate::{Element, Error, UnaryLayer};
    pub use ndarray::ArrayD;
}
