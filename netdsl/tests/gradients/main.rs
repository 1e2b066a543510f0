//! Every operation's gradient against finite differences, and how programs compute.

mod elementwise;
mod fusion;
mod harness;
mod layout;
mod product;
mod program;
mod recurrence;
mod reduce;
mod window;
