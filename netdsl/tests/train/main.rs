//! Initialisers, optimisers and schedules against PyTorch's reference cases.

mod init;
mod optimizer;
mod reference;
mod schedule;
