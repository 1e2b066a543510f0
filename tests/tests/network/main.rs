//! What networks do at run time, through the public face.

mod binding;
mod files;
mod generics;
mod kinds;
mod nets;
mod open;
mod optional;
mod parameters;
mod seeds;
mod shown;
mod sizes;
mod threads;
mod training;
