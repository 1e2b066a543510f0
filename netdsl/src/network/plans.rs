//! Plans that are kept for batches of other shapes, and the memory they all run in.

use crate::engine::{Plan, Workspace};
use crate::network::core::lock;
use crate::network::module::Layout;
use crate::{Element, Error};
use std::sync::{Arc, Mutex};

/// The most shapes that plans are kept for.
const MAX_PLANS: usize = 16;

/// The most memory that is kept for runs at the same time, in bytes.
const MAX_IDLE_BYTES: usize = 1 << 30;

/// The plans that were used last, in the order of their use. A plan is as large as its network is deep,
/// however large a batch is.
pub(crate) struct Plans<P> {
    kept: Vec<P>,
}

impl<P> Plans<P> {
    /// No plans.
    pub(crate) const NONE: Self = Self { kept: Vec::new() };

    /// The plan that fits, which is then the one used last. Where there is none, one is made; once there are
    /// enough, out of the one whose last use is the longest ago.
    pub(crate) fn find_or_make<F>(
        &mut self,
        fits: impl FnMut(&P) -> bool,
        make: impl FnOnce(Option<P>) -> Result<P, F>,
    ) -> Result<&mut P, F> {
        match self.kept.iter().rposition(fits) {
            Some(at) => self.kept[at..].rotate_left(1),
            None => {
                let spare = (self.kept.len() == MAX_PLANS).then(|| self.kept.remove(0));
                let made = make(spare)?;
                self.kept.push(made);
            }
        }
        let last = self.kept.len() - 1;
        Ok(&mut self.kept[last])
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// The plan used last.
    pub(crate) fn last_mut(&mut self) -> Option<&mut P> {
        self.kept.last_mut()
    }
}

/// A network's evaluation of batches of some shapes.
pub(crate) struct Prepared<E> {
    /// The shapes of the inputs.
    pub shapes: Vec<Vec<usize>>,
    /// The parameters that the network had.
    pub layout: Layout,
    /// What is done.
    pub plan: Plan<E>,
    /// For each parameter of the plan, its place among the network's.
    pub parameters: Vec<usize>,
}

/// What evaluation keeps from run to run. Several threads may run the same plan at once, each in
/// memory of its own.
pub(crate) struct Evaluations<E> {
    plans: Mutex<Plans<Arc<Prepared<E>>>>,
    idle: Mutex<Vec<Workspace<E>>>,
}

impl<E: Element> Evaluations<E> {
    /// Nothing kept.
    pub(crate) fn none() -> Self {
        Self {
            plans: Mutex::new(Plans::NONE),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// The plan for inputs of these shapes that suits the network as it is, made out of an old one where there is none.
    pub(crate) fn plan(
        &self,
        shapes: &[&[usize]],
        suits: impl Fn(&Prepared<E>) -> bool,
        make: impl FnOnce(Plan<E>) -> Result<Prepared<E>, Error>,
    ) -> Result<Arc<Prepared<E>>, Error> {
        let fits =
            |prepared: &Arc<Prepared<E>>| same_shapes(&prepared.shapes, shapes) && suits(prepared);
        let mut plans = lock(&self.plans);
        let found = plans.find_or_make(fits, |old| {
            let old = old.and_then(Arc::into_inner);
            make(old.map_or_else(Plan::fresh, |old| old.plan)).map(Arc::new)
        });
        found.map(|prepared| Arc::clone(prepared))
    }

    /// Memory to run in, that of an earlier run if there is some.
    pub(crate) fn workspace(&self) -> Workspace<E> {
        lock(&self.idle).pop().unwrap_or_default()
    }

    /// Takes memory back for the next run; one workspace stays, however large, more of them within a limit.
    pub(crate) fn put_back(&self, workspace: Workspace<E>) {
        let mut idle = lock(&self.idle);
        let held: usize = idle.iter().map(Workspace::bytes).sum();
        if idle.is_empty() || held + workspace.bytes() <= MAX_IDLE_BYTES {
            idle.push(workspace);
        }
    }
}

/// Whether shapes are those that a plan was made for.
pub(crate) fn same_shapes(own: &[Vec<usize>], shapes: &[&[usize]]) -> bool {
    own.iter().map(Vec::as_slice).eq(shapes.iter().copied())
}
