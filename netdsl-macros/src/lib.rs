//! The `network!` macro of netdsl.
