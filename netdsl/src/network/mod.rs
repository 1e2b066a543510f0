//! Networks: layers that exist or wait, and what can be done with all of them at once.

mod apply;
pub(crate) mod bind;
pub(crate) mod blame;
mod call;
mod core;
mod draw;
mod files;
pub(crate) mod given;
mod input;
pub(crate) mod layer;
pub(crate) mod module;
mod only;
mod part;
mod parts;
pub(crate) mod plans;
pub(crate) mod run;
mod specification;
mod standalone;
mod state;
mod summary;
mod tied;
pub(crate) mod tracing;
mod unary;

pub use self::core::Core;
pub use apply::{ModuleMut, Outcome};
pub(crate) use call::taken_elsewhere;
pub use call::{Arguments, Call, Function, GenericNetwork, NoCall, NoShapeRule};
pub use files::LoadReport;
pub use input::Input;
pub use layer::{Deferred, Layer, Stack};
pub use module::{Access, Assemble, Module, Name, Parameter, Status, join};
pub use only::{NotOnly, Only};
pub use part::{Choose, DefinitionOf, Held, Part, check_sizes};
pub use parts::Parts;
pub use standalone::{Backward, Forward, Standalone};
pub use summary::{ParameterInfo, Row, Summary};
pub use tied::{NotTaken, Tied, Untied};
pub use unary::{Foreign, UnaryLayer};

pub(crate) use self::core::InitRule;

use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::Arg;
use crate::{Element, Error, Unresolved};
use ndarray::{ArrayD, ArrayViewD};
use std::panic::Location;
use std::path::Path;
use tracing::Inputs;

/// What every network written by `network!` can do.
///
/// A network is bound when all of its parameters exist. Building it binds what the sizes given
/// allow; [`Network::bind`], the first `forward` or a loaded file binds the rest, all at once.
///
/// A network within a network is one itself: once everything in it exists it can be run, trained and copied without
/// the one around it. While a part of it waits, it is that one which binds it.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     struct Encoder { fc: Linear<_, 2>, act: Tanh }
///
///     struct Autoencoder { encode: Encoder, decode: Linear<_, 6> }
///
///     fn forward(x: [6]) -> [6] { decode(encode(x)) }
/// }
///
/// let net = network!(Autoencoder)?;
/// let x = ndarray::Array2::<f32>::ones((3, 6));
/// assert_eq!(net.encode.forward(&x)?.shape(), [3, 2]);
/// let encoder: Encoder = net.encode.clone();
/// assert_eq!(encoder.forward(&x)?, net.encode.forward(&x)?);
/// # Ok::<(), netdsl::Error>(())
/// ```
pub trait Network<E: Element>: Module<E> + Assemble<E> + Clone {
    #[doc(hidden)]
    type Definition: Copy + Send + Sync;
    /// The name of the network.
    const NAME: &'static str;
    /// How many inputs `forward` takes.
    const INPUTS: usize;

    #[doc(hidden)]
    fn definition(&self) -> Self::Definition;
    #[doc(hidden)]
    fn arguments(definition: &Self::Definition) -> Vec<(&'static str, Arg)>;
    #[doc(hidden)]
    fn trace<'t>(
        definition: &Self::Definition,
        at: Scope<'t>,
        inputs: &[Tensor<'t>],
    ) -> Vec<Tensor<'t>>;
    #[doc(hidden)]
    fn core(&self) -> &Core<E>;
    #[doc(hidden)]
    fn core_mut(&mut self, access: Access) -> &mut Core<E>;

    /// Builds a network from its definition; `network!(Name<…>)` is the short way.
    ///
    /// # Errors
    /// If the sizes given contradict each other.
    #[track_caller]
    fn build(definition: Self::Definition, seed: u64) -> Result<Self, Error> {
        let here = Location::caller();
        bind::build::<E, Self>(definition, seed).map_err(|error| bind::built_at(error, here))
    }

    /// Runs the network on batches, in evaluation mode; `forward` is the same with named arguments.
    ///
    /// # Errors
    /// If a size does not fit; the network is then as it was.
    #[doc(alias = "eval")]
    fn run(&self, inputs: &[ArrayViewD<'_, E>]) -> Result<Vec<ArrayD<E>>, Error> {
        run::evaluate(self, inputs)
    }

    /// As [`Self::run`], in training mode: with dropout, and batches normalised by themselves. Buffers
    /// stay as they are. Each run has dropouts of its own, as it has other [random numbers](crate::graph::Tensor::randn_like).
    ///
    /// # Errors
    /// As [`Self::run`].
    #[doc(alias = "train")]
    fn run_in_training(&self, inputs: &[ArrayViewD<'_, E>]) -> Result<Vec<ArrayD<E>>, Error> {
        run::run(self, inputs, true)
    }

    /// Whether all parameters exist.
    fn is_bound(&self) -> bool {
        module::is_whole::<E>(self)
    }

    /// By what the network was bound, in words: `the first input, a batch of samples [1, 28, 28]`. `None` where
    /// nothing was open when it was built, or still is. What froze then are the sizes of parameters
    /// ([`Self::parameters`]); sizes that no parameter has stay free.
    fn bound_by(&self) -> Option<String> {
        self.core().bound_by()
    }

    /// Binds what is open to the shape of a sample (the batch is not written), and draws it. Runs
    /// nothing.
    ///
    /// # Errors
    /// If a size does not fit or stays open; the network is then as it was.
    fn bind(&self, sample: impl AsRef<[usize]>) -> Result<(), Error> {
        self.bind_all(&[sample.as_ref()])
    }

    /// As [`Self::bind`], for networks with several inputs.
    ///
    /// # Errors
    /// As [`Self::bind`].
    fn bind_all(&self, samples: &[&[usize]]) -> Result<(), Error> {
        let samples = checked_samples::<E, Self>(samples, "bind_all")?;
        let cause = format!("`bind` with a sample of shape {}", shapes_shown(&samples));
        bind::bind(
            self,
            Inputs::Samples(&samples),
            &given::Given::default(),
            &cause,
        )
    }

    /// What the network would be with samples of a shape: every size, count and status. Computes,
    /// draws and changes nothing.
    ///
    /// # Errors
    /// If a size does not fit.
    fn probe(&self, sample: impl AsRef<[usize]>) -> Result<Summary, Error> {
        self.probe_all(&[sample.as_ref()])
    }

    /// As [`Self::probe`], for networks with several inputs.
    ///
    /// # Errors
    /// As [`Self::probe`].
    fn probe_all(&self, samples: &[&[usize]]) -> Result<Summary, Error> {
        let samples = checked_samples::<E, Self>(samples, "probe_all")?;
        let traced = bind::trace(self, Inputs::Samples(&samples), false)?;
        traced
            .parameters
            .iter()
            .try_for_each(|parameter| parameter.check_size())?;
        Ok(Summary::of(self, &traced, Some(&samples)))
    }

    /// The table of layers, with what is known now.
    fn summary(&self) -> Summary {
        match bind::trace(self, Inputs::Unknown, false) {
            Ok(traced) => Summary::of(self, &traced, None),
            Err(error) => Summary::failed(Self::NAME, &error),
        }
    }

    /// The sizes that are open now, each with the shortest fact that would close it; those that are open
    /// by the definition alone are `Net::UNRESOLVED`.
    ///
    /// # Errors
    /// If the sizes the network was built with contradict each other.
    fn unresolved(&self) -> Result<Vec<Unresolved>, Error> {
        Ok(bind::trace(self, Inputs::Unknown, false)?.unresolved)
    }

    /// All parameters and buffers, in order: those that exist and those that wait.
    #[doc(alias = "named_parameters")]
    fn parameters(&self) -> Vec<ParameterInfo> {
        self.summary().parameters
    }

    /// The value of a parameter or buffer, by path: `net.parameter("fc1.weight")`. Of a tied one it is
    /// a view of what it is tied to.
    ///
    /// # Errors
    /// If there is none, or it does not exist yet; the error says what is missing.
    fn parameter(&self, path: &str) -> Result<ArrayViewD<'_, E>, Error> {
        state::find(self, path)
    }

    /// Gives a parameter or buffer another value of the same shape.
    ///
    /// # Errors
    /// If there is none, it does not exist yet, or the shape is another one.
    fn set_parameter(&mut self, path: &str, value: ArrayD<E>) -> Result<(), Error> {
        state::set(self, path, value)
    }

    /// Has training leave the parameters alone whose paths match a pattern: `"conv1.*"`, `"*.bias"`.
    /// Gives how many they are, those included that wait.
    ///
    /// # Errors
    /// If none matches, or a tied one and not what it is tied to.
    #[doc(alias = "requires_grad_")]
    fn freeze(&mut self, pattern: &str) -> Result<usize, Error> {
        state::set_frozen(self, pattern, true)
    }

    /// Undoes [`Self::freeze`].
    ///
    /// # Errors
    /// As [`Self::freeze`].
    #[doc(alias = "requires_grad_")]
    fn unfreeze(&mut self, pattern: &str) -> Result<usize, Error> {
        state::set_frozen(self, pattern, false)
    }

    /// Says how parameters start whose paths match a pattern: at once where they exist, else when
    /// they will.
    ///
    /// # Errors
    /// If no parameter matches, a tied one and not what it is tied to, or one cannot start so.
    fn initialize(&mut self, pattern: &str, init: Init) -> Result<(), Error> {
        state::initialize(self, InitRule::Path(pattern.to_owned(), init))
    }

    /// As [`Self::initialize`], for the parameters of a name in all layers of a kind:
    /// `("Linear", "weight")`.
    ///
    /// # Errors
    /// As [`Self::initialize`].
    fn initialize_kind(&mut self, kind: &str, name: &str, init: Init) -> Result<(), Error> {
        state::initialize(self, InitRule::Kind(kind.to_owned(), name.to_owned(), init))
    }

    /// Draws all parameters that exist anew; those that wait will be drawn with this seed.
    ///
    /// # Errors
    /// If a rule for starting does not fit its parameter.
    fn reinitialize(&mut self, seed: u64) -> Result<(), Error> {
        draw::redraw(self, seed)
    }

    /// Binds the network to another shape of samples: parameters whose shapes stay keep their values,
    /// the others are drawn anew. Gives the paths of those.
    ///
    /// # Errors
    /// If a size does not fit; the network is then as it was.
    fn rebind(&mut self, sample: impl AsRef<[usize]>) -> Result<Vec<String>, Error> {
        self.rebind_all(&[sample.as_ref()])
    }

    /// As [`Self::rebind`], for networks with several inputs.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     struct Pair {
    ///         left: Linear<_, 4>,
    ///         right: Linear<_, 4>,
    ///     }
    ///
    ///     fn forward(a: [_], b: [_]) -> [4] {
    ///         left(a) + right(b)
    ///     }
    /// }
    ///
    /// let mut net = network!(Pair)?;
    /// net.bind_all(&[&[3], &[5]])?;
    /// assert_eq!(net.rebind_all(&[&[3], &[6]])?, ["right.weight"]);
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::rebind`].
    fn rebind_all(&mut self, samples: &[&[usize]]) -> Result<Vec<String>, Error> {
        let samples = checked_samples::<E, Self>(samples, "rebind_all")?;
        state::rebind(self, &samples)
    }

    /// Calls a function with every module and its path, children first, then the network itself. It may change the
    /// parameters of each, and say how those that wait are to start ([`ModuleMut`]); where it gives an error, that is
    /// the end, and what was changed stays.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     struct Mlp {
    ///         hidden: Linear<_, 8>,
    ///         act: Relu,
    ///         out: Linear<_, 2>,
    ///     }
    /// }
    ///
    /// let mut net = network!(Mlp)?;
    /// net.apply(|path, module| {
    ///     println!("Init {path}: {}", module.kind());
    ///     if module.kind() == "Linear" {
    ///         module.initialize("weight", Init::xavier_uniform())?;
    ///         module.initialize("bias", Init::Constant(0.5))?;
    ///     }
    ///     Ok(())
    /// })?;
    /// net.bind([4])?;
    /// assert!(net.parameter("hidden.bias")?.iter().all(|&bias| bias == 0.5));
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    fn apply<R: Outcome>(&mut self, visit: impl FnMut(&str, &mut ModuleMut<'_, E>) -> R) -> R {
        apply::apply(self, visit)
    }

    /// The number of parameters, without buffers; of a network that waits, those that exist.
    #[doc(alias = "num_parameters")]
    #[doc(alias = "numel")]
    fn count_parameters(&self) -> usize {
        let mut count = 0;
        module::each_parameter::<E>(self, &mut |parameter| {
            if !parameter.buffer {
                count += parameter.value.len();
            }
        });
        count
    }

    /// Saves parameters and buffers as safetensors, under PyTorch's names; a tied one once, under its
    /// owner's, as PyTorch's `safetensors.torch.save_model` does and `load_model` reads. A network that is not
    /// bound saves with what exists its seed, the sizes it was built with and how its parameters start
    /// ([`Self::initialize`]), so that it binds to the same weights elsewhere.
    ///
    /// # Errors
    /// If the file cannot be written, or the network waits and is part of another one, which has the seed.
    #[doc(alias = "state_dict")]
    fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        files::save(self, path.as_ref())
    }

    /// Loads a file of PyTorch's names, and binds what is open by its shapes. Every name must match; a
    /// tied parameter may be there under any of its names, and under several if with the same values.
    ///
    /// The file of a network that was not bound may lack parameters. A network that is not bound takes its seed,
    /// its sizes and how its parameters start from it; it must be of the same name.
    ///
    /// # Errors
    /// If the file cannot be read or does not fit, everything that does not fit at once; the network
    /// is then as it was.
    #[doc(alias = "load_state_dict")]
    fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        files::load(self, path.as_ref(), true, &|name| Some(name.to_owned())).map(|_| ())
    }

    /// As [`Self::load`], from a file with other names: `rename` gives this network's name for each, or `None` for
    /// what is to be left out.
    ///
    /// # Errors
    /// As [`Self::load`].
    fn load_renamed<R: Into<Option<String>>>(
        &mut self,
        path: impl AsRef<Path>,
        rename: impl Fn(&str) -> R,
    ) -> Result<(), Error> {
        files::load(self, path.as_ref(), true, &|name| rename(name).into()).map(|_| ())
    }

    /// As [`Self::load`], leaving out what has no counterpart, and telling what that was.
    ///
    /// # Errors
    /// If the file cannot be read, or shapes differ.
    #[doc(alias = "strict")]
    fn load_partial(&mut self, path: impl AsRef<Path>) -> Result<LoadReport, Error> {
        files::load(self, path.as_ref(), false, &|name| Some(name.to_owned()))
    }

    /// As [`Self::load_partial`], from a file with other names: `rename` gives this network's name for each, or `None`
    /// for what is to be left out, such as a head for other classes.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     struct Classifier<classes> {
    ///         body: Linear<_, 16>,
    ///         act: Relu,
    ///         head: Linear<_, classes>,
    ///     }
    /// }
    ///
    /// # let path = std::env::temp_dir().join(format!("netdsl-renamed-{}.safetensors", std::process::id()));
    /// let net = network!(Classifier<10>)?;
    /// net.bind([8])?;
    /// net.save(&path)?;
    ///
    /// let mut other = network!(Classifier<3>, seed = 1)?;
    /// let report = other.load_partial_renamed(&path, |name| {
    ///     (!name.starts_with("head.")).then(|| name.to_owned())
    /// })?;
    /// assert_eq!(report.missing, ["head.bias", "head.weight"]);
    /// assert_eq!(other.parameter("body.weight")?, net.parameter("body.weight")?);
    /// other.freeze("body.*")?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::load_partial`].
    fn load_partial_renamed<R: Into<Option<String>>>(
        &mut self,
        path: impl AsRef<Path>,
        rename: impl Fn(&str) -> R,
    ) -> Result<LoadReport, Error> {
        files::load(self, path.as_ref(), false, &|name| rename(name).into())
    }
}

/// As many samples as there are inputs; `method` is what takes several.
fn checked_samples<E: Element, N: Network<E>>(
    samples: &[&[usize]],
    method: &str,
) -> Result<Vec<Vec<usize>>, Error> {
    if samples.len() != N::INPUTS {
        return Err(Error::Invalid(format!(
            "`{}` has {} inputs, but the shapes of {} were given; give `{method}` one for each",
            N::NAME,
            N::INPUTS,
            samples.len()
        )));
    }
    Ok(samples.iter().map(|sample| sample.to_vec()).collect())
}

pub(crate) fn shapes_shown(shapes: &[Vec<usize>]) -> String {
    shapes
        .iter()
        .map(|shape| format!("{shape:?}"))
        .collect::<Vec<_>>()
        .join(" and ")
}

/// The next output of a run.
///
/// # Errors
/// Never: there are as many as the signature says.
pub fn next_output<E>(outputs: &mut std::vec::IntoIter<ArrayD<E>>) -> Result<ArrayD<E>, Error> {
    outputs.next().ok_or_else(|| {
        Error::Invalid("the network gave fewer results than its signature says".to_owned())
    })
}
