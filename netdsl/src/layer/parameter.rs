//! A parameter of a network's own: `torch.nn.Parameter`.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     /// The patches of an image behind a token of its own, told where they stand.
//!     struct Patches<width> {
//!         cls_token: Parameter<[1, width]>(std = 0.02),
//!         pos_embed: Parameter<[_, width]>(std = 0.02),
//!         gamma: Parameter<[width]>(value = 1.0),
//!     }
//!
//!     fn forward(patches: [_, width]) -> [_, width] {
//!         let x = cat([cls_token(), patches], 1) + pos_embed();
//!         x * gamma()
//!     }
//! }
//!
//! let net = network!(Patches<2>)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?.shape(), [1, 3, 2]);
//! assert_eq!(net.parameter("pos_embed")?.shape(), [3, 2]);
//! assert_eq!(net.gamma.value()?, &array![1.0, 1.0].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::MAX_LIST;

crate::layer! {
    /// A parameter of the network's own: `torch.nn.Parameter`. Its name in tables and files is the field's: `gamma`. Called
    /// without arguments, `gamma()`, it gives its value, which has no batch and is the same for all samples: in arithmetic,
    /// in `cat`, `stack` and `matmul`, and by `queries().for_each_sample(x)` wherever a batch is wanted. Its axes count from
    /// 0, for there is no batch before them: `places().slice(0, ..t)`, `token().unsqueeze(0)`.
    ///
    /// A size may be `_`: that of what it is added to or joined with. `Parameter<[]>` is a single number. Where PyTorch's has an
    /// axis of size 1 for the batch, `Parameter<[1, 1, 16]>` has the shape of its file, and `cls_token().squeeze(0)` that of
    /// a sample.
    ///
    /// Layers take it, `head: Linear<_, 10>(weight = table)`, as it is or transposed, `table.t()`, also from within another
    /// network, `encoder.table`. One that layers take need not be called. It may be another layer's in turn: `scores:
    /// Parameter<[_, _]>(value = encoder.fc.weight)`.
    ///
    /// One that may be absent stands in an optional network, which takes what it changes: without it there would be no value.
    ///
    /// It starts as `value` everywhere, or as N(`value`, `std`²).
    pub struct Parameter<shape> {
        /// What it starts as, or the mean of it.
        value = 0.0,
        /// The spread of what it starts as.
        std = 0.0,
    }
}

impl Parameter {
    /// → `[shape…]`, without a batch
    pub const fn forward<'t>(&self, at: Scope<'t>) -> Tensor<'t> {
        let sizes = at.sizes(NAMES, self.shape);
        let (mean, std) = (at.number("value", self.value), at.number("std", self.std));
        let init = if std == 0.0 {
            Init::Constant(mean)
        } else {
            Init::Normal { mean, std }
        };
        let (dims, _) = sizes.dims.split_at(sizes.count);
        let value = at.parameter("", dims, init);
        // Another layer's, where it is tied, is made nowhere in this one.
        at.shows(value);
        value
    }

    /// Declares it for the layers that take it, where nobody calls it.
    #[doc(hidden)]
    pub const fn taken(&self, at: Scope<'_>) {
        let _ = self.forward(at);
    }
}

const NAMES: [&str; MAX_LIST] = [
    "shape[0]", "shape[1]", "shape[2]", "shape[3]", "shape[4]", "shape[5]", "shape[6]", "shape[7]",
];
