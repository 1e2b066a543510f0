//! What networks do at run time, through the public face.

mod binding;
mod bodies;
mod files;
mod generics;
mod kinds;
mod layers;
mod nets;
mod open;
mod operations;
mod optional;
mod parameters;
mod seeds;
mod shown;
mod sizes;
mod threads;
mod ties;
mod training;
mod unbound;
