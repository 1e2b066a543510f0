//! Random numbers within a body.

use super::Tensor;
use crate::engine::kernel::random::Law;

impl<'t> Tensor<'t> {
    /// Random numbers of the standard normal law, mean 0 and variance 1, as many as there are here: `torch.randn_like`.
    ///
    /// x: any shape → the same
    ///
    /// They are drawn from the seed of the network, or of the one that training began with, other ones at each call and in
    /// each run, in training and in evaluation. No gradient flows through them to x, whose values do not matter.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     /// A variational autoencoder, whose code is drawn anew in each run.
    ///     struct Vae {
    ///         encode: Linear<_, 16>,
    ///         mean: Linear<_, 2>,
    ///         log_var: Linear<_, 2>,
    ///         decode: Linear<2, _>,
    ///     }
    ///
    ///     fn forward(x: [n]) -> ([n], [2], [2]) {
    ///         let h = encode(x).relu();
    ///         let (mean, log_var) = (mean(h), log_var(h));
    ///         let code = mean + (0.5 * log_var).exp() * mean.randn_like();
    ///         (decode(code), mean, log_var)
    ///     }
    /// }
    ///
    /// let (net, same) = (network!(Vae, seed = 1)?, network!(Vae, seed = 1)?);
    /// let x = ndarray::array![[1.0, 2.0, 3.0]];
    /// let (first, ..) = net.forward(&x)?;
    /// assert_eq!(first, same.forward(&x)?.0);
    /// assert_ne!(first, net.forward(&x)?.0);
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn randn_like(self) -> Self {
        self.pass();
        self.trace().random_like(Law::Normal, self)
    }

    /// Random numbers from 0 to below 1, all equally likely, in steps of 2⁻²⁴, as many as there are here: `torch.rand_like`.
    /// They are drawn as those of [`Self::randn_like`].
    ///
    /// x: any shape → the same
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     /// What is grey becomes black or white, as often as it is dark or light.
    ///     struct Dithered {}
    ///
    ///     fn forward(grey: [height, width]) -> [height, width] {
    ///         (grey - grey.rand_like()).sign()
    ///     }
    /// }
    ///
    /// let grey = ndarray::Array3::<f32>::from_elem((1, 100, 100), 0.25);
    /// let light = network!(Dithered)?.forward(&grey)?.iter().filter(|&&x| x > 0.0).count();
    /// assert!((2_200..2_800).contains(&light));
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn rand_like(self) -> Self {
        self.pass();
        self.trace().random_like(Law::Uniform, self)
    }
}
