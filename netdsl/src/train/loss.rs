//! How a loss takes part in training.

use crate::graph::{Scope, Tensor};
use crate::loss::{
    BceLoss, BceWithLogitsLoss, CrossEntropyLoss, HuberLoss, KlDivLoss, L1Loss, MseLoss, NllLoss,
    SmoothL1Loss,
};
use std::marker::PhantomData;

/// What training makes small: one number from a network's results and their targets.
///
/// Every loss of [`crate::loss`] is one. So is a function of tensors to one ([`IntoLoss`]), in which operators and the
/// methods of [`Tensor`] compute, [`Tensor::mean_all`] takes the mean of everything, and `of` calls a loss of the
/// library:
///
/// ```
/// use netdsl::prelude::*;
/// use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};
///
/// /// Cross entropy, and large scores cost something.
/// fn calm<'t>(scores: Tensor<'t>, class: Tensor<'t>) -> Tensor<'t> {
///     let entropy = CrossEntropyLoss::default().label_smoothing(0.1).of(scores, class);
///     entropy + 0.01 * scores.square().mean_all()
/// }
///
/// let trainer: Trainer<_, _> = Trainer::new(calm, Sgd::new(0.1))?;
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// A network with several results has a loss that takes all of them, as an array; so may there be several targets, or
/// none:
///
/// ```
/// use ndarray::Array2;
/// use netdsl::prelude::*;
/// use netdsl::train::{Adam, MseLoss, Trainer};
///
/// network! {
///     /// A variational autoencoder.
///     struct Vae {
///         encode: Linear<_, 16>,
///         mu: Linear<_, 2>,
///         log_var: Linear<_, 2>,
///         decode: Linear<2, _>,
///     }
///
///     fn forward(x: [n]) -> ([n], [2], [2]) {
///         let h = encode(x).relu();
///         let (mean, spread) = (mu(h), log_var(h));
///         (decode(mean + (spread * 0.5).exp() * mean.randn_like()), mean, spread)
///     }
/// }
///
/// fn vae_loss<'t>([y, mean, spread]: [Tensor<'t>; 3], x: Tensor<'t>) -> Tensor<'t> {
///     let divergence = (mean.square() + spread.exp() - spread - 1.0).mean_all() * 0.5;
///     MseLoss::default().of(y, x) + divergence
/// }
///
/// let x = Array2::<f32>::ones((4, 6));
/// let mut net = network!(Vae)?;
/// let mut trainer = Trainer::new(vae_loss, Adam::new(1e-3))?;
/// trainer.step(&mut net, &x, &x)?;
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// A loss with numbers of its own is a type:
///
/// ```
/// use netdsl::prelude::*;
/// use netdsl::train::{CrossEntropyLoss, Loss, Sgd, Trainer};
///
/// struct Calm { weight: f64 }
///
/// impl Loss for Calm {
///     fn trace<'t>(&self, at: Scope<'t>, outputs: &[Tensor<'t>], targets: &[Tensor<'t>]) -> Tensor<'t> {
///         let entropy = CrossEntropyLoss::default().forward(at, outputs[0], targets[0]);
///         entropy + self.weight * outputs[0].square().mean_all()
///     }
/// }
///
/// let trainer: Trainer<_, _> = Trainer::new(Calm { weight: 0.01 }, Sgd::new(0.1))?;
/// # Ok::<(), netdsl::Error>(())
/// ```
pub trait Loss: Send + Sync {
    /// How many results of the network it takes: all of them.
    fn outputs(&self) -> usize {
        1
    }

    /// How many targets it takes.
    fn targets(&self) -> usize {
        1
    }

    /// The loss as operations on whole batches: axis 0 of all is the batch, an axis like any other. There are as many
    /// results and targets as the other methods say.
    fn trace<'t>(
        &self,
        at: Scope<'t>,
        outputs: &[Tensor<'t>],
        targets: &[Tensor<'t>],
    ) -> Tensor<'t>;
}

macro_rules! losses {
    ($($name:ident),*) => {$(
        impl Loss for $name {
            fn trace<'t>(&self, at: Scope<'t>, outputs: &[Tensor<'t>], targets: &[Tensor<'t>]) -> Tensor<'t> {
                at.trace().hold_nowhere();
                let loss = self.forward(at, outputs[0], targets[0]);
                at.trace().release();
                loss
            }
        }
    )*};
}

losses!(
    CrossEntropyLoss,
    NllLoss,
    MseLoss,
    L1Loss,
    SmoothL1Loss,
    HuberLoss,
    BceLoss,
    BceWithLogitsLoss,
    KlDivLoss
);

/// What a trainer takes as its loss: a [`Loss`], or a function of output and target. Where the network has several
/// results, or there are several targets or none, they are arrays: `fn loss<'t>([a, b]: [Tensor<'t>; 2], target:
/// Tensor<'t>) -> Tensor<'t>`. `Kind` follows from which of these it is. A closure does not say that its tensors live equally
/// long: losses are `fn`s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no loss",
    label = "neither a loss nor a function of output and target",
    note = "a function is one like `fn loss<'t>(output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t>`",
    note = "a closure does not say that all three live equally long: write a `fn`",
    note = "several results or targets are arrays: `[y, mean]: [Tensor<'t>; 2]`"
)]
pub trait IntoLoss<Kind> {
    /// What it becomes.
    type Loss: Loss;

    /// The loss.
    fn into_loss(self) -> Self::Loss;
}

/// A function as a loss; `Kind` says what it takes.
pub struct FunctionLoss<F, Kind> {
    function: F,
    kind: PhantomData<fn(Kind)>,
}

/// A loss by itself.
#[doc(hidden)]
pub enum Own {}

impl<L: Loss> IntoLoss<Own> for L {
    type Loss = L;

    fn into_loss(self) -> L {
        self
    }
}

/// What a function takes for its outputs or its targets.
#[doc(hidden)]
pub enum One {}
#[doc(hidden)]
pub enum All<const COUNT: usize> {}

macro_rules! functions {
    ($(
        [$($generics:tt)*] $outputs:ty, $targets:ty:
        ($output:ident: $output_type:ty = $o:expr, $output_count:expr; $target:ident: $target_type:ty = $t:expr, $target_count:expr)
    )*) => {$(
        impl<F, $($generics)*> IntoLoss<($outputs, $targets)> for F
        where
            F: for<'t> Fn($output_type, $target_type) -> Tensor<'t> + Send + Sync,
        {
            type Loss = FunctionLoss<F, ($outputs, $targets)>;

            fn into_loss(self) -> Self::Loss {
                FunctionLoss { function: self, kind: PhantomData }
            }
        }

        impl<F, $($generics)*> Loss for FunctionLoss<F, ($outputs, $targets)>
        where
            F: for<'t> Fn($output_type, $target_type) -> Tensor<'t> + Send + Sync,
        {
            fn outputs(&self) -> usize {
                $output_count
            }

            fn targets(&self) -> usize {
                $target_count
            }

            fn trace<'t>(&self, _at: Scope<'t>, $output: &[Tensor<'t>], $target: &[Tensor<'t>]) -> Tensor<'t> {
                (self.function)($o, $t)
            }
        }
    )*};
}

functions! {
    [] One, One: (outputs: Tensor<'t> = outputs[0], 1; targets: Tensor<'t> = targets[0], 1)
    [const M: usize] One, All<M>: (outputs: Tensor<'t> = outputs[0], 1; targets: [Tensor<'t>; M] = array(targets), M)
    [const N: usize] All<N>, One: (outputs: [Tensor<'t>; N] = array(outputs), N; targets: Tensor<'t> = targets[0], 1)
    [const N: usize, const M: usize] All<N>, All<M>: (outputs: [Tensor<'t>; N] = array(outputs), N; targets: [Tensor<'t>; M] = array(targets), M)
}

/// As many tensors as there are.
fn array<'t, const N: usize>(tensors: &[Tensor<'t>]) -> [Tensor<'t>; N] {
    std::array::from_fn(|index| tensors[index])
}
