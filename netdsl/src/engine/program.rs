//! Stub.
#![allow(missing_docs, dead_code, unused_variables)]
use crate::Element;
use crate::graph::{Extent, Graph, NodeId};
pub struct Program<E>(E);
#[derive(Debug)]
pub struct EngineError;
impl std::fmt::Display for EngineError { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("stub") } }
impl<E: Element> Program<E> {
    pub fn compile(graph: &Graph, outputs: &[NodeId]) -> Result<Self, EngineError> { Err(EngineError) }
    pub fn run(&mut self, inputs: &[&[E]], parameters: &[&[E]], randomness: (u64, u64)) -> Result<(), EngineError> { Err(EngineError) }
    pub fn output(&self, i: usize) -> &[E] { &[] }
    pub fn extent(&self, i: usize) -> Extent { Extent::new(&[]) }
    pub fn outputs(&self) -> usize { 0 }
    pub fn memory(&self) -> usize { 0 }
}
