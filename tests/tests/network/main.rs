//! What networks do at run time, through the public face.

mod apply;
mod atomic;
mod binding;
mod bodies;
mod counts;
mod files;
mod generics;
mod kinds;
mod layers;
mod long_paths;
mod nets;
mod open;
mod operations;
mod optional;
mod parameters;
mod parts;
mod seeds;
mod shown;
mod sizes;
mod steps;
mod tensors;
mod threads;
mod ties;
mod training;
mod unbound;
mod words;
