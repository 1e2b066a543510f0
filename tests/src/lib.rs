//! What the tests of netdsl share.
pub mod reference;
