//! A function of the user's for every module.

use crate::init::Init;
use crate::network::bind;
use crate::network::layer::replace;
use crate::network::module::{Module, Parameter, core_mut, join, own_parameters_mut, walk_mut};
use crate::network::state::{check_start, redrawn, unknown};
use crate::network::tracing::{Inputs, Traced};
use crate::network::{InitRule, Network};
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewMutD};
use std::ops::Deref;

/// A module as [`Network::apply`] shows it: what it is, and its own parameters for changing.
///
/// It is a `&dyn Module` besides: [`Module::kind`], [`Module::own_parameters`].
pub struct ModuleMut<'m, E: Element> {
    path: &'m str,
    module: &'m mut dyn Module<E>,
    all: &'m mut All,
}

/// What is known of the network while its modules are visited.
struct All {
    /// Or why nothing is.
    traced: Result<Traced, String>,
    seed: u64,
    /// Whether the network draws what waits.
    binds: bool,
    /// How parameters that wait are to start.
    rules: Vec<InitRule>,
}

impl All {
    fn traced(&self) -> Result<&Traced, Error> {
        let traced = self.traced.as_ref();
        traced.map_err(|error| Error::Invalid(error.clone()))
    }
}

/// What a function for every module may give: nothing, or whether it went well.
pub trait Outcome {
    /// That all went well.
    const WELL: Self;

    /// Whether to go on.
    fn is_well(&self) -> bool;
}

impl Outcome for () {
    const WELL: Self = ();

    fn is_well(&self) -> bool {
        true
    }
}

impl Outcome for Result<(), Error> {
    const WELL: Self = Ok(());

    fn is_well(&self) -> bool {
        self.is_ok()
    }
}

pub(super) fn apply<E: Element, N: Network<E>, R: Outcome>(
    network: &mut N,
    mut visit: impl FnMut(&str, &mut ModuleMut<'_, E>) -> R,
) -> R {
    let traced = bind::trace(network, Inputs::Unknown, false);
    let mut all = All {
        traced: traced.map_err(|error| error.to_string()),
        seed: network.core().seed(),
        binds: network.core().check_binds().is_ok(),
        rules: Vec::new(),
    };
    let mut outcome = R::WELL;
    walk_mut::<E>("", network, &mut |path, module| {
        if outcome.is_well() {
            let all = &mut all;
            outcome = visit(path, &mut ModuleMut { path, module, all });
        }
    });
    for rule in all.rules {
        core_mut(network).add_rule(rule);
    }
    outcome
}

impl<'m, E: Element> Deref for ModuleMut<'m, E> {
    type Target = dyn Module<E> + 'm;

    fn deref(&self) -> &Self::Target {
        self.module
    }
}

impl<E: Element> ModuleMut<'_, E> {
    /// The names of this module's own parameters, whether they exist or wait, tied ones included.
    pub fn parameter_names(&self) -> Vec<&str> {
        let Ok(traced) = self.all.traced() else {
            return Vec::new();
        };
        let parameters = traced.parameters.iter().filter(|own| !own.buffer);
        let own = parameters.filter_map(|own| (own.layer() == self.path).then_some(own.name));
        let ties = traced.ties.iter();
        let tied = ties.filter_map(|tie| (tie.layer() == self.path).then_some(tie.name));
        own.chain(tied).collect()
    }

    /// Has a parameter of this module start so: at once where it exists, else when it will. What is drawn follows
    /// from the network's seed, the parameter's path and its shape, as everywhere. A tied one starts as its owner says.
    ///
    /// # Errors
    /// If the module has no such parameter, or it cannot start so.
    pub fn initialize(&mut self, name: &str, init: Init) -> Result<(), Error> {
        let path = join(self.path, name);
        let traced = self.all.traced()?;
        if traced.ties.iter().any(|tie| tie.path == path) {
            return Ok(());
        }
        let mut parameters = traced.parameters.iter();
        let Some(known) = parameters.find(|own| !own.buffer && own.path == path) else {
            return Err(unknown(traced, &path));
        };
        check_start(&init, known)?;
        match self.find(name) {
            Some(at) => {
                let parameter = &mut own_parameters_mut(self.module)[at];
                parameter.value = redrawn(&init, parameter, known, self.all.seed)?;
            }
            None if self.all.binds => {}
            None => {
                return Err(Error::Invalid(format!(
                    "`{path}` waits, and its network is part of another one: say there how it starts"
                )));
            }
        }
        self.all.rules.push(InitRule::Path(path, init));
        Ok(())
    }

    /// Gives a parameter or buffer of this module another value of the same shape.
    ///
    /// # Errors
    /// If the module has none of that name, it does not exist yet, or the shape is another one.
    pub fn set(&mut self, name: &str, value: ArrayD<E>) -> Result<(), Error> {
        let path = join(self.path, name);
        let parameter = self.parameter(name)?;
        replace(parameter, &path, value)
    }

    /// The values of a parameter or buffer of this module, for changing them where they are: `*= 0.5`.
    ///
    /// # Errors
    /// If the module has none of that name, or it does not exist yet.
    pub fn parameter_mut(&mut self, name: &str) -> Result<ArrayViewMutD<'_, E>, Error> {
        Ok(self.parameter(name)?.value.view_mut())
    }

    fn find(&self, name: &str) -> Option<usize> {
        let mut own = self.module.own_parameters().iter();
        own.position(|parameter| parameter.name() == name)
    }

    fn parameter(&mut self, name: &str) -> Result<&mut Parameter<E>, Error> {
        if let Some(at) = self.find(name) {
            return Ok(&mut own_parameters_mut(self.module)[at]);
        }
        let path = join(self.path, name);
        let traced = self.all.traced()?;
        Err(crate::network::state::absent(traced, &path))
    }
}
