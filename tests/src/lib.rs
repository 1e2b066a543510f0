//! What the tests of netdsl share.
pub mod documented;
pub mod reference;
