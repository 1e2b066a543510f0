//! What networks do at run time, through the public face.

mod binding;
mod files;
mod layers;
mod nets;
mod parameters;
mod seeds;
mod shown;
mod sizes;
mod threads;
mod training;
