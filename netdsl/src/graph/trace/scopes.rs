//! Layers and networks of a trace, in the order of declaration.

use super::*;
use crate::shape::{Path, Text};

impl<'t> Trace<'t> {
    /// The hash of a child's path. Only facts are looked up by it, so without any it is left out: the
    /// compiler, which knows no facts, would spend much of its time on it.
    pub(super) const fn child_hash(
        &self,
        above: &ScopeCell,
        name: &str,
        index: Option<u32>,
    ) -> u64 {
        if self.tables.facts.is_empty() {
            return above.hash;
        }
        let separator = if above.parent == NONE { "" } else { "." };
        let hash = fnv(fnv(above.hash, separator), name);
        match index {
            Some(index) => fnv(hash, Text::<24>::EMPTY.number(index as usize).as_str()),
            None => hash,
        }
    }

    pub(super) const fn push_scope(&self, scope: ScopeCell) -> u32 {
        let mut counts = self.counts.get();
        let index = counts.scopes;
        counts.scopes += 1;
        self.counts.replace(counts);
        if index < self.tables.scopes.len() {
            self.tables.scopes[index].replace(scope);
            index as u32
        } else {
            NONE
        }
    }

    pub(crate) const fn scope(&self, index: u32) -> ScopeCell {
        if index as usize >= self.tables.scopes.len() {
            ScopeCell::NEW
        } else {
            self.tables.scopes[index as usize].get()
        }
    }

    pub(crate) const fn set_scope(&self, index: u32, scope: ScopeCell) {
        if (index as usize) < self.tables.scopes.len() {
            self.tables.scopes[index as usize].replace(scope);
        }
    }

    /// The child of a scope with a name, or a stack's with an index, found or made. Children come in the same order
    /// whenever their parent runs, so the one after the last one found is tried first.
    pub(crate) const fn child(&self, parent: u32, name: &'static str, index: Option<u32>) -> u32 {
        let mut above = self.scope(parent);
        if above.calls > 1 {
            let mut candidate = above.cursor;
            let mut wrapped = false;
            loop {
                if candidate == NONE {
                    if wrapped {
                        break;
                    }
                    wrapped = true;
                    candidate = above.first_child;
                    if candidate == NONE {
                        break;
                    }
                }
                let cell = self.scope(candidate);
                if same_index(cell.index, index) && same_text(cell.name, name) {
                    above.cursor = cell.sibling;
                    self.set_scope(parent, above);
                    return candidate;
                }
                candidate = cell.sibling;
            }
        }
        let hash = self.child_hash(&above, name, index);
        let made = self.push_scope(ScopeCell {
            parent,
            name,
            index,
            hash,
            ..ScopeCell::NEW
        });
        if above.last_child == NONE {
            above.first_child = made;
        } else {
            let mut last = self.scope(above.last_child);
            last.sibling = made;
            self.set_scope(above.last_child, last);
        }
        above.last_child = made;
        self.set_scope(parent, above);
        made
    }

    /// The first child of a scope.
    pub(crate) const fn first_child(&self, scope: u32) -> u32 {
        if self.tables.scopes.is_empty() {
            NONE
        } else {
            self.scope(scope).first_child
        }
    }

    /// The child after this one.
    pub(crate) const fn sibling(&self, scope: u32) -> u32 {
        self.scope(scope).sibling
    }

    pub(crate) const fn current(&self) -> u32 {
        self.current.get()
    }

    /// Makes a scope that was entered before the current one again.
    pub const fn resume(&self, scope: Scope<'_>) {
        self.current.replace(scope.id());
    }

    pub(crate) const fn set_current(&self, scope: u32) {
        self.current.replace(scope);
    }

    /// The path of a scope: `blocks.0.conv1`.
    pub(crate) const fn path(&self, scope: u32) -> Path {
        let cell = self.scope(scope);
        if scope == NONE || cell.parent == NONE {
            return Path::EMPTY;
        }
        let above = self.path(cell.parent);
        let above = if above.as_str().is_empty() {
            above
        } else {
            above.push(".")
        };
        let path = above.push(cell.name);
        match cell.index {
            Some(index) => path.number(index as usize),
            None => path,
        }
    }
}
