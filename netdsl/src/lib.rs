//! Neural networks whose sizes the compiler infers.
//!
//! - [`network!`] defines networks and builds them; the layers are in [`mod@layer`], operations on tensors are methods of
//!   [`Tensor`](graph::Tensor).
//! - [`Network`] has what every network can do: bind, run, list, set, freeze, save, load. [`Deferred`] is a layer that
//!   waits for a size.
//! - [`train`] has the step, the loop, optimisers and schedules; [`loss`] the losses; [`data`] data sets; [`init`] the
//!   ways in which parameters start.
//! - [`layer!`] declares layers of your own, [`Operation`] operations with their own kernel.
//!
//! A program needs `netdsl` and, for its arrays, `ndarray` 0.17. Arrays that go in have the batch as their first axis and
//! the network's own type of numbers, classes and tokens too: `&tokens.mapv(|token| token as f32)`. What comes out is an
//! `ArrayD`; `.into_dimensionality::<Ix2>()` says how many axes it has.
//!
//! Without `--release` the library computes many times slower, unless `[profile.dev.package."*"]` has `opt-level = 3`.
//!
//! ```
//! use ndarray::Array2;
//! use netdsl::prelude::*;
//! use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};
//!
//! network! {
//!     struct Mlp {
//!         hidden: Linear<_, 16>,
//!         act: Relu,
//!         out: Linear<_, 3>,
//!     }
//! }
//!
//! let mut net = network!(Mlp, seed = 1)?;
//! let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1))?;
//! let (x, classes) = (Array2::<f32>::ones((8, 4)), ndarray::Array1::<f32>::zeros(8));
//! let loss = trainer.step(&mut net, &x, &classes)?;
//! assert!(loss > 0.0);
//! println!("{net}");
//! # Ok::<(), netdsl::Error>(())
//! ```

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
mod places;
pub mod rustdoc;
pub mod shape;
pub mod train;

pub use error::{Error, ShapeError, StateDictError, WaitingError};
pub use netdsl_engine as engine;
pub use netdsl_engine::Element;
pub use netdsl_engine::graph::custom::{Operand, Operation, Output};
/// Defines networks, `network! { … }`, or builds one, `network!(Name)`.
///
/// # Definitions
///
/// A network is a struct of layers. Without `forward` they run in the order written; with it, its body is Rust
/// that the compiler evaluates: layers are called by name, operations are methods and operators. There is no `self`, and the batch is never
/// written. Sizes stand in `<…>`, options by name in `(…)`. A size is a number, a constant, `{ an expression }`, a
/// parameter of the network, a name of your own (everywhere the same size) or `_`.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     /// Classifies images of any number of channels.
///     pub struct Classifier<classes> {
///         conv: Conv2d<_, 8, 3>(padding = 1, bias = false),
///         norm: BatchNorm2d<_>,
///         blocks: [Conv2d<_, 8, 3>(padding = 1); 2],
///         head: Linear<_, classes>,
///     }
///
///     fn forward(image: [_, _, _]) -> [classes] {
///         let x = norm(conv(image)).relu();
///         let x = x + blocks(x);
///         head(x.adaptive_avg_pool2d(1).flatten())
///     }
/// }
///
/// // Sizes, then the seed of all draws (0) and the type of all numbers (`f32`), where they differ from that.
/// let net = network!(Classifier<10>, seed = 7, dtype = f64)?;
/// // What the compiler knew is a plain layer; what waits is `Deferred` and gives a `Result`.
/// assert_eq!(net.head.get()?.weight().shape(), [10, 8]);
/// assert!(net.conv.get().is_err());
/// net.bind([3, 16, 16])?;
/// assert_eq!(net.conv.get()?.weight().shape(), [8, 3, 3, 3]);
///
/// let images = ndarray::Array4::<f64>::zeros((5, 3, 32, 32));
/// assert_eq!(net.forward(&images)?.shape(), [5, 10]);
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// In a body a name means what is nearest, as in any Rust: after `let conv = conv(image);` it is the result. Operators
/// take tensors, `f64` and `usize`, and constants of any type of numbers. A name for a size stands in lists, as in
/// `reshape([heads, _])`, and is a real number in arithmetic, [`x / d.sqrt()`](graph::Number). It may be open as long as the
/// compiler looks, so nothing can go by it: by a constant, or a parameter `const HEADS: usize`, it can.
///
/// The type is then `Classifier<f64>`: the type of all numbers is the last parameter of every network, `f32` if it is
/// left out. A network is a layer of another one by its name: `stem: Classifier<64>`.
///
/// Building takes whole numbers of any type. Where all of them are written as numbers or as constants with a path
/// (`self::CLASSES`), `cargo check` tells if they do not fit together. A constant by its bare name may be a parameter of
/// the function around it: whether it fits is known for each value that the function is used with, once the program is
/// built.
///
/// ```compile_fail,E0080
/// use netdsl::prelude::*;
///
/// network! {
///     struct Square<inputs, outputs> {
///         fc: Linear<inputs, outputs>,
///     }
///
///     fn forward(x: [n]) -> [n] {
///         fc(x)
///     }
/// }
///
/// fn square<const N: usize>() -> Result<Square, netdsl::Error> {
///     network!(Square<N, 10>)
/// }
///
/// square::<9>();
/// ```
///
/// # What a body may say
///
/// | written | is |
/// | --- | --- |
/// | `conv(x)`, `lstm.forward_from(x, h)` | a layer called, by its `forward` or another of its functions |
/// | `blocks(x)`, `for block in blocks { … }`, `blocks[0](x)` | a stack's members one after the other, each at will, a single one |
/// | `conv.over(1)(frames)` | a layer called for each element along an axis |
/// | `x.relu()`, `x + y`, `cat([x, y], 1)`, a function of your own | operations on tensors |
/// | `x.reshape([4, _])`, `x.mean([2, 3])`, `x.flip([2, 3])`, `x.pad([1, 1])` | lists of sizes, axes and amounts |
/// | `x.mean(2).unsqueeze(2)` | a reduction whose axis stays, with size 1: PyTorch's `keepdim=True` |
/// | `x.slice(2, ..t)`, `x.slice(1, 1..)`, `x.slice(1, ..-1)` | ranges along an axis, between numbers and sizes: `x[:, :, :t]` |
/// | `x.select_index(1, 0)`, `x.mean_all()` | one element along an axis, `x[:, 0]`; the mean of everything |
/// | `x + pos_embed()`, `cat([cls_token(), x], 1)` | a [`Parameter`](layer::Parameter) of the network's own |
/// | `position(tokens.arange(1))` | positions along an axis, for a table of learned ones: texts may be of any length up to the table's |
/// | `mean + std * mean.randn_like()`, `x.rand_like()` | [random numbers](graph::Tensor::randn_like) of a tensor's shape, other ones in each run, drawn from the network's seed |
/// | `x / d.sqrt()`, `(n - 1) * x`, `x / WIDTH.sqrt()`, `x / 12.sqrt()` | a size in arithmetic: a real number, known once the network runs; a constant is as Rust has it |
/// | `if DEPTH > 2`, `0..DEPTH` | the number of a `const` parameter, which a body can go by: a size may be open |
/// | `return y` | as the last expression, held against the signature |
///
/// - **Layers** by name, `fc(x)`, with as many arguments as their `forward` has; other functions of theirs as methods,
///   `attn.forward_masked(…)`. Some give tuples: `let (y, weights) = attn(q, k, v);`, `let (y, (h, c)) = lstm(x);`. Of a
///   layer's arguments those that are `Option`s are written so: `None`, `Some(Mask::causal(x))`.
/// - **Operations**: operators, and the methods of [`Tensor`](graph::Tensor); [`cat`](graph::cat) and
///   [`stack`](graph::stack) of arrays, `cat([a, b], 1)`, [`select`](graph::select) by a condition, PyTorch's `where`. Axes
///   count as PyTorch's: 0 is the batch. Operations have no options: where `.max_pool2d(2)` does not suffice, the struct gets
///   a layer, `pool: MaxPool2d<2>(stride = 1)`, which the body calls, `pool(x)`.
/// - **Arithmetic** aligns samples from their last axis on, as PyTorch does, and the batch with the batch: `[c, h]` goes with
///   `[h]`, with `[1, h]` and with a number for each sample. So `x / x.sum(2).unsqueeze(2)` divides rows by their sums, and
///   `x / x.sum(2)` takes `[c]` for a row. Whole numbers divide as in Rust, so that `1 / 2` is 0, which is an error: write `0.5 * x`.
/// - **Parameters** of the network's own, `gamma: Parameter<[64]>` in the struct, called without arguments. They have no batch
///   and are the same for all samples: see [`layer::Parameter`].
/// - **`let`, `let mut`, `if` and loops**: `for block in blocks { x = block(x, mask); }` calls the members of a stack, with
///   as many arguments as it likes, `for i in 0..n { … }` counts, `for part in x.chunk::<2>(1) { … }` goes through an array.
///   A stack is gone through as an array is in Rust:
///   `blocks.iter()`, with `.rev()`, `.enumerate()` and `.zip(others)`, of another stack or an array of tensors:
///   `for (up, skip) in ups.iter().zip(skips.iter().rev()) { x = up(cat([x, skip], 1)); }`, where `let mut skips = [x; 3];`
///   was filled by a loop before. A network without a body calls its layers one after the other, as `torch.nn.Sequential`
///   does. Conditions are about numbers
///   of the definition, never about what a tensor holds: that is arithmetic: `maximum`, `clamp`, a product.
/// - **Functions of your own**, from tensors to tensors, beside networks: `fn gated(x: Tensor, gate: Tensor) -> Tensor
///   { x * gate.sigmoid() }`. The compiler evaluates bodies, which therefore know no `println!`, no closures and no traits.
///   A function outside of `network!` is written so that the compiler can call it: a `const fn`, in which `a + b`, `a - b`,
///   `a * b` and `a / b` are `a.add(b)`, `a.sub(b)`, `a.mul(b)` and `a.div(b)`, and with numbers `x.shift(1.0)` and
///   `x.scale(0.5)`.
///
/// Several inputs and several results are written as such.
///
/// A parameter of a layer, or of each member of a stack, can be that of another layer: as it is, or `.t()` for transposed.
/// It is named by its path, `encode.weight`, `blocks[0].weight`, `transformer.wte.weight`, whether its layer is declared
/// before or after; it is drawn, trained and saved once, where that path says. A [`Parameter`](layer::Parameter) is named as
/// it is, `weight = table`, `weight = encoder.table.t()`, and takes another one as its value, `value = encoder.fc.weight`.
/// Layers within another network take nothing from outside of it, so that it is whole by itself.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     fn scaled(x: Tensor) -> Tensor {
///         x.tanh() * 0.5
///     }
///
///     struct Layer<width> {
///         fc: Linear<_, width>,
///     }
///
///     fn forward(x: [width], more: [width]) -> [width] {
///         scaled(fc(x)) + more
///     }
///
///     struct Coder<width, depth> {
///         encode: Linear<_, width>,
///         layers: [Layer<width>; depth],
///         decode: Linear<_, _>(weight = encode.weight.t()),
///     }
///
///     fn forward(x: [n]) -> ([n], [width]) {
///         let first = encode(x);
///         let mut h = first;
///         for layer in layers {
///             h = layer(h, first);
///         }
///         (decode(h), h)
///     }
/// }
///
/// let net = network!(Coder<4, 3>)?;
/// let (y, code) = net.forward(ndarray::array![[1.0, 2.0, 3.0, 4.0, 5.0]])?;
/// assert_eq!((y.shape(), code.shape()), (&[1, 5][..], &[1, 4][..]));
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// `layer.over(1)(x)` calls a layer or a network for each element along an axis of all its arguments, and its results have
/// that axis in the same place: for that call they are samples of one batch, as after PyTorch's `x.flatten(0, 1)`, to a
/// batch normalisation as well.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     struct Cnn {
///         conv: Conv2d<_, 8, 3>(stride = 2),
///         norm: BatchNorm2d<_>,
///     }
///
///     fn forward(image: [_, _, _]) -> [8] {
///         norm(conv(image)).relu().mean(-1).mean(-1)
///     }
///
///     /// A class for each frame of a film.
///     struct Film<classes> {
///         cnn: Cnn,
///         lstm: Lstm<_, 16>,
///         head: Linear<_, classes>,
///     }
///
///     fn forward(frames: [t, _, _, _]) -> [t, classes] {
///         let (y, _) = lstm(cnn.over(1)(frames));
///         head(y)
///     }
/// }
///
/// let net = network!(Film<3>)?;
/// let films = ndarray::Array5::<f32>::zeros((2, 7, 1, 9, 9));
/// assert_eq!(net.forward(&films)?.shape(), [2, 7, 3]);
/// assert_eq!(net.parameter("cnn.conv.weight")?.shape(), [8, 1, 3, 3]);
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// Attributes above the struct, such as `#[must_use]`, are the struct's; every network is `Clone`, `Debug` and `Display`.
///
/// # What may wait
///
/// `Net::UNRESOLVED` lists the sizes that the compiler leaves open, each with the shortest fact that would close it.
/// `#[eager]` above a network turns each of them into an error of compilation. A `_` that no input can tell is an
/// error, in the definition or, if a network around this one could tell it, where this one is built by itself; `#[loaded]`
/// above a network says that a file will tell.
///
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
/// condition. It is a number, a constant or a parameter, and building a network without it is an error. Options are
/// divided as Rust divides, `padding = K / 2`; sizes leave no remainder.
///
/// The groups of a convolution or of `GroupNorm` divide sizes, and so they may be one: `Conv2d<c, c, 3>(groups = c)` is
/// the depthwise convolution of whatever arrives.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     struct Separable<out> {
///         depthwise: Conv2d<c, c, 3>(padding = 1, groups = c),
///         pointwise: Conv2d<_, out, 1>,
///     }
///
///     fn forward(x: [c, h, w]) -> [out, h, w] {
///         pointwise(depthwise(x).relu())
///     }
///
///     struct Net {
///         stem: Conv2d<3, 16, 3>(stride = 2),
///         blocks: [Separable<16>; 2],
///         wide: Separable<32>,
///     }
/// }
///
/// let net = network!(Net)?;
/// assert_eq!(net.parameter("wide.depthwise.weight")?.shape(), [16, 1, 3, 3]);
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     /// Keeps what arrives where its shape stays, and projects it where not.
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
    Backward, Deferred, Forward, Held, Input, Layer, LoadReport, Module, ModuleMut, Network,
    Outcome, Parameter, ParameterInfo, Part, Row, Stack, Standalone, Status, Summary, Tied,
    UnaryLayer, Untied,
};
pub use shape::Unresolved;

/// What a program that defines networks needs: `use netdsl::prelude::*;`.
pub mod prelude {
    pub use crate::graph::{Scope, Tensor, cat, select, stack};
    pub use crate::init::Init;
    pub use crate::layer::*;
    pub use crate::shape::Arg;
    pub use crate::{Deferred, Element, Error, Layer, Module, Network, Stack, UnaryLayer, network};
}

/// What the code that `network!` writes calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::graph::tensor::{Apart, Listed, Lower, Negative, Over, Root};
    pub use crate::graph::trace::Site;
    pub use crate::graph::{
        Checked, Counts, Each, Found, Indexed, NoElements, Question, Recorded, Rows, Scope,
        Storage, Tensor, Trace, Verdict, Written, given, here, scope_of, shorter,
    };
    pub use crate::layer::unary::AnyKind;
    pub use crate::layer::undeclared::{self, not_a_function};
    pub use crate::network::{
        Access, Assemble, Call, Choose, Core, DefinitionOf, Foreign, Function, GenericNetwork,
        Held, Input, Module, Name, Network, NoCall, NoShapeRule, NotOnly, NotTaken, Only, Part,
        Parts, Stack, Tied, check_sizes, join, next_output,
    };
    pub use crate::shape::{Arg, Constant, Lift, NoArgument, NoNumber, Text, Unresolved};
    pub use crate::{__called as called, Element, Error, UnaryLayer};
    pub use ndarray::ArrayD;
}
