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
pub use netdsl_macros::network;
pub use network::{
    Backward, Deferred, Forward, Input, Layer, LoadReport, Module, Network, Parameter,
    ParameterInfo, Part, Row, Stack, Standalone, Status, Summary, UnaryLayer,
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
        Assemble, Choose, Core, Foreign, Input, Module, Name, Network, Part, Parts, Stack,
        check_sizes, join, next_output,
    };
    pub use crate::shape::{Arg, Lift, Text, Unresolved};
    pub use crate::{Element, Error, UnaryLayer};
    pub use ndarray::ArrayD;
}
