//! The options of losses, and calling one from a function.

use super::*;

macro_rules! losses {
    ($($loss:ident { $($(#[$meta:meta])* $name:ident: $type:ty => $arg:path,)* })*) => {$(
        impl $loss {
            $(
                $(#[$meta])*
                pub const fn $name(mut self, $name: $type) -> Self {
                    self.$name = $arg($name);
                    self
                }
            )*

            /// The loss of an output and its target, in a function that is a loss or in a network.
            #[track_caller]
            pub const fn of<'t>(&self, input: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
                let trace = input.trace();
                trace.hold();
                let loss = self.forward(Scope::new(trace, trace.current()), input, target);
                trace.release();
                loss
            }
        }
    )*};
}

losses! {
    CrossEntropyLoss {
        /// A class index that counts for nothing; −100 by default.
        ignore_index: i64 => Arg::signed,
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
        /// The part of each target that is shared out among all classes; 0 by default.
        label_smoothing: f64 => Arg::float,
    }
    NllLoss {
        /// A class index that counts for nothing; −100 by default.
        ignore_index: i64 => Arg::signed,
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
    }
    MseLoss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
    }
    L1Loss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
    }
    SmoothL1Loss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
        /// Where the square ends; 1 by default.
        beta: f64 => Arg::float,
    }
    HuberLoss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
        /// Where the square ends; 1 by default.
        delta: f64 => Arg::float,
    }
    BceLoss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
    }
    BceWithLogitsLoss {
        /// `"mean"`, the default, `"sum"` or `"none"`.
        reduction: &'static str => Arg::word,
    }
    KlDivLoss {
        /// `"mean"`, the default, `"sum"`, `"none"` or `"batchmean"`.
        reduction: &'static str => Arg::word,
        /// Whether the target is logarithms too; no by default.
        log_target: bool => Arg::flag,
    }
}
