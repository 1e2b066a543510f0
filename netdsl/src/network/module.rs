//! What every part of a network offers: its kind, its parts and its parameters.

use crate::Element;
use crate::graph::trace::{fnv, path_hash};
use crate::network::{Core, Network, Parts};
use crate::shape::{Arg, Text};
use ndarray::ArrayD;
use std::fmt::{self, Write};

/// Shows that it is the library that asks. Without it a part could be taken out of a network that counts on it.
#[derive(Clone, Copy)]
pub struct Access(());

/// A part of a network: a layer, a stack, or a network itself.
pub trait Module<E: Element>: Send + Sync {
    /// The kind: `Conv2d`.
    fn kind(&self) -> &'static str;

    /// Its parts, in the order of declaration.
    fn children<'a>(&'a self, visit: &mut dyn FnMut(Name, &'a dyn Module<E>)) {
        let _ = visit;
    }

    #[doc(hidden)]
    fn children_mut(&mut self, access: Access, visit: &mut dyn FnMut(Name, &mut dyn Module<E>)) {
        let _ = (access, visit);
    }

    /// Its own parameters and buffers; none while they wait.
    fn own_parameters(&self) -> &[Parameter<E>] {
        &[]
    }

    #[doc(hidden)]
    fn own_parameters_mut(&mut self, access: Access) -> &mut [Parameter<E>] {
        let _ = access;
        &mut []
    }

    /// Whether parameters exist, and since when.
    fn status(&self) -> Status {
        Status::Static
    }

    /// The sizes a network was built with.
    #[doc(hidden)]
    fn built_with(&self) -> &[Arg] {
        &[]
    }

    /// The names of those sizes.
    #[doc(hidden)]
    fn built_with_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// Takes parameters over that did not exist so far.
    #[doc(hidden)]
    fn publish(&self, access: Access, parts: &mut Parts<E>, path: &str) {
        let _ = (access, parts, path);
    }

    /// Gives parameters up that do not exist from the start, so that they can be bound anew.
    #[doc(hidden)]
    fn release(&mut self, access: Access, path: &str) {
        let _ = (access, path);
    }
}

/// Since when the parameters of a layer exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Since construction: the compiler knew all sizes.
    Static,
    /// Since the network was built or bound with the sizes that were open.
    Bound,
    /// Not yet.
    Waiting,
}

/// The name of a part within its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A field of a network.
    Field(&'static str),
    /// A member of a stack.
    Member(usize),
}

/// The path of a part by its hash, under which [`Fact`](crate::graph::trace::Fact)s are kept.
#[derive(Clone, Copy)]
pub(crate) struct PathHash {
    path: u64,
    /// That of the path with the separator that comes before what is below it.
    below: u64,
}

impl PathHash {
    /// The network itself.
    pub(crate) const TOP: Self = Self {
        path: path_hash(""),
        below: path_hash(""),
    };

    /// That of a part.
    pub(crate) fn part(self, name: Name) -> Self {
        let path = match name {
            Name::Field(name) => fnv(self.below, name),
            Name::Member(index) => fnv(self.below, Text::<24>::EMPTY.number(index).as_str()),
        };
        Self {
            path,
            below: fnv(path, "."),
        }
    }

    /// The hash of a parameter's path.
    pub(crate) fn parameter(self, name: &str) -> u64 {
        if name.is_empty() {
            self.path
        } else {
            fnv(self.below, name)
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Member(index) => index.fmt(f),
        }
    }
}

/// The path of a part, `blocks.0.conv1`, or of a parameter. Of one without a name it is its layer's.
pub fn join(path: &str, name: impl fmt::Display) -> String {
    // Paths are made by the hundred as a network is bound: room for most names spares them growing.
    let mut joined = String::with_capacity(path.len() + 24);
    joined.push_str(path);
    if !path.is_empty() {
        joined.push('.');
    }
    let before = joined.len();
    // A string takes whatever is written to it.
    let _ = write!(joined, "{name}");
    if joined.len() == before {
        joined.truncate(path.len());
    }
    joined
}

/// A parameter or a buffer that exists.
#[derive(Clone, Debug)]
pub struct Parameter<E> {
    pub(crate) name: String,
    pub(crate) value: ArrayD<E>,
    pub(crate) buffer: bool,
    pub(crate) frozen: bool,
    /// How often its network had been bound anew when it was drawn: what an optimiser knows of another draw is void.
    pub(crate) draw: u64,
}

impl<E: Element> Parameter<E> {
    /// Its name within its layer: `weight`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    pub fn value(&self) -> &ArrayD<E> {
        &self.value
    }

    /// Its elements, in order.
    pub(crate) fn slice(&self) -> &[E] {
        self.value
            .as_slice()
            .expect("parameters are kept in standard layout")
    }

    /// Its elements, in order.
    pub(crate) fn slice_mut(&mut self) -> &mut [E] {
        self.value
            .as_slice_mut()
            .expect("parameters are kept in standard layout")
    }

    /// Whether it is a buffer: saved, but not trained.
    pub fn is_buffer(&self) -> bool {
        self.buffer
    }

    /// Whether training leaves it as it is.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }
}

/// A part that can be put together from parameters.
pub trait Assemble<E: Element> {
    /// The part at a path.
    fn assemble(parts: &mut Parts<E>, path: &str) -> Self;
}

impl<E: Element, T: Assemble<E>> Assemble<E> for Option<T> {
    fn assemble(parts: &mut Parts<E>, path: &str) -> Self {
        (!parts.known.is_absent(path)).then(|| T::assemble(parts, path))
    }
}

/// Calls `visit` with every module below and including `module`, children first.
pub(crate) fn walk<'a, E: Element>(
    path: &str,
    module: &'a dyn Module<E>,
    visit: &mut dyn FnMut(&str, &'a dyn Module<E>),
) {
    module.children(&mut |name, child| walk(&join(path, name), child, visit));
    visit(path, module);
}

/// As [`walk`], for changing what is visited.
pub(crate) fn walk_mut<E: Element>(
    path: &str,
    module: &mut dyn Module<E>,
    visit: &mut dyn FnMut(&str, &mut dyn Module<E>),
) {
    module.children_mut(Access(()), &mut |name, child| {
        walk_mut(&join(path, name), child, visit)
    });
    visit(path, module);
}

/// Whether no part waits.
pub(crate) fn is_whole<E: Element>(module: &dyn Module<E>) -> bool {
    let mut whole = module.status() != Status::Waiting;
    module.children(&mut |_, child| whole = whole && is_whole(child));
    whole
}

/// The parameters and buffers of a module itself, for changing them.
pub(crate) fn own_parameters_mut<E: Element>(module: &mut dyn Module<E>) -> &mut [Parameter<E>] {
    module.own_parameters_mut(Access(()))
}

/// What a network knows beside its layers, for changing it.
pub(crate) fn core_mut<E: Element, N: Network<E>>(network: &mut N) -> &mut Core<E> {
    network.core_mut(Access(()))
}

/// Has every part take over what it waited for.
pub(crate) fn publish<E: Element>(network: &dyn Module<E>, parts: &mut Parts<E>) {
    walk("", network, &mut |path, module| {
        module.publish(Access(()), parts, path)
    });
}

/// Has those parts wait again that may, of those that `which` says.
pub(crate) fn release<E: Element>(network: &mut dyn Module<E>, which: &dyn Fn(&str) -> bool) {
    walk_mut("", network, &mut |path, module| {
        if which(path) {
            module.release(Access(()), path);
        }
    });
}

/// Which parameters a network has, of which shapes, and the sizes that networks within it were built with: plans that
/// were made for it hold as long as this stays. Fields are the user's to exchange.
#[derive(Default)]
pub(crate) struct Layout {
    numbers: Vec<u64>,
}

impl Layout {
    pub(crate) fn of<E: Element>(network: &dyn Module<E>) -> Self {
        let mut numbers = Vec::new();
        each_number(PathHash::TOP, network, &mut |number| numbers.push(number));
        Self { numbers }
    }

    /// Whether it is that of a network still; allocates nothing.
    pub(crate) fn fits<E: Element>(&self, network: &dyn Module<E>) -> bool {
        let (mut place, mut same) = (0, true);
        each_number(PathHash::TOP, network, &mut |number| {
            same = same && self.numbers.get(place) == Some(&number);
            place += 1;
        });
        same && place == self.numbers.len()
    }
}

fn each_number<E: Element>(own: PathHash, module: &dyn Module<E>, visit: &mut dyn FnMut(u64)) {
    for argument in module.built_with() {
        visit(argument.known().map_or(u64::MAX, |size| size as u64));
    }
    for parameter in module.own_parameters() {
        visit(own.parameter(&parameter.name));
        visit(parameter.value.ndim() as u64);
        parameter
            .value
            .shape()
            .iter()
            .for_each(|&size| visit(size as u64));
    }
    module.children(&mut |name, child| each_number(own.part(name), child, visit));
}

/// Calls `visit` with every parameter, in order, without their paths: for hot paths.
pub(crate) fn each_parameter<'a, E: Element>(
    module: &'a dyn Module<E>,
    visit: &mut dyn FnMut(&'a Parameter<E>),
) {
    module.own_parameters().iter().for_each(&mut *visit);
    module.children(&mut |_, child| each_parameter(child, visit));
}

/// As [`each_parameter`], for changing them.
pub(crate) fn each_parameter_mut<E: Element>(
    module: &mut dyn Module<E>,
    visit: &mut dyn FnMut(&mut Parameter<E>),
) {
    own_parameters_mut(module).iter_mut().for_each(&mut *visit);
    module.children_mut(Access(()), &mut |_, child| each_parameter_mut(child, visit));
}
