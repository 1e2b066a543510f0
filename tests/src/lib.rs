//! What the tests of netdsl share.
