//! Layers and networks of a trace, in the order of declaration.

use super::*;
use crate::network::join;
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
        // A parameter without a name has its layer's path.
        if self.tables.facts.is_empty() || name.is_empty() && index.is_none() {
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
        let index = next(&self.counters.scopes);
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

    /// The child of a scope with this name, or a stack's with this index: found, or made as it is given.
    pub(crate) const fn child(&self, parent: u32, child: ScopeCell) -> u32 {
        let above = self.scope(parent);
        // Each layer of a network is asked for once in a call, so the first call makes all of them but those that ties
        // foresee. A stack may be entered again while it is gone through.
        let may_exist = match child.index {
            Some(index) => index < above.members,
            None => above.calls > 0,
        };
        if (may_exist || above.foreseen > 0)
            && let Some(found) = self.find_child(parent, above, &child)
        {
            self.declare(found, &child);
            return found;
        }
        let order = next(&self.counters.declared) as u32;
        self.make_child(parent, above, ScopeCell { order, ..child })
    }

    /// The child of a scope that a tie leads to, which may be declared later: found, or made as it is given.
    pub(crate) const fn foresee(&self, parent: u32, child: ScopeCell) -> u32 {
        let mut above = self.scope(parent);
        if let Some(found) = self.find_child(parent, above, &child) {
            return found;
        }
        above.foreseen += 1;
        self.set_scope(parent, above);
        self.make_child(parent, above, child)
    }

    const fn make_child(&self, parent: u32, mut above: ScopeCell, child: ScopeCell) -> u32 {
        let made = self.push_scope(ScopeCell {
            parent,
            hash: self.child_hash(&above, child.name, child.index),
            ..child
        });
        if above.first_child == NONE {
            above.first_child = made;
        }
        if let Some(index) = child.index
            && index >= above.members
        {
            above.members = index + 1;
        }
        self.set_scope(parent, above);
        made
    }

    /// A scope that a tie foresaw is declared.
    const fn declare(&self, scope: u32, declared: &ScopeCell) {
        let cell = self.scope(scope);
        if cell.order != NONE {
            return;
        }
        self.set_scope(
            scope,
            ScopeCell {
                kind: declared.kind,
                at: declared.at,
                silent: declared.silent,
                order: next(&self.counters.declared) as u32,
                ..cell
            },
        );
        let mut above = self.scope(cell.parent);
        above.foreseen -= 1;
        self.set_scope(cell.parent, above);
    }

    /// Children come in the same order whenever their parent runs, so the search goes on after the last
    /// one found.
    const fn find_child(
        &self,
        parent: u32,
        mut above: ScopeCell,
        child: &ScopeCell,
    ) -> Option<u32> {
        let scopes = self.counters.scopes.get() as u32;
        let (mut candidate, mut wrapped) = (above.cursor, false);
        loop {
            if candidate >= scopes {
                if wrapped || above.first_child == NONE {
                    return None;
                }
                (candidate, wrapped) = (above.first_child, true);
            }
            let cell = self.scope(candidate);
            if cell.parent == parent
                && same_index(cell.index, child.index)
                && same_text(cell.name, child.name)
            {
                above.cursor = candidate + 1;
                self.set_scope(parent, above);
                return Some(candidate);
            }
            candidate += 1;
        }
    }

    /// Whether a layer is one of a list, without a body that calls it.
    pub(crate) const fn is_listed(&self, scope: u32) -> bool {
        self.scope(self.around(scope)).listed
    }

    /// The first child of a scope.
    pub(crate) const fn first_child(&self, scope: u32) -> u32 {
        self.scope(scope).first_child
    }

    /// The next scope after this one that has the same parent.
    pub(crate) const fn sibling(&self, scope: u32) -> u32 {
        let (parent, mut next) = (self.scope(scope).parent, scope + 1);
        while (next as usize) < self.counters.scopes.get() {
            if self.scope(next).parent == parent {
                return next;
            }
            next += 1;
        }
        NONE
    }

    /// Notes that a member of a stack is called by itself, so that others may not be.
    pub(crate) const fn note_single(&self) {
        self.single.replace(true);
    }

    /// The first member of a stack of the network's own that is not called though another one is. One that a tie
    /// foresees and that is not there is told as such.
    pub(crate) const fn uncalled_member(&self, after: u32) -> Option<u32> {
        let mut scope = after + 1;
        while self.single.get() && (scope as usize) < self.counters.scopes.get() {
            let cell = self.scope(scope);
            if cell.index.is_some() && cell.order != NONE && cell.calls == 0 {
                let stack = self.scope(cell.parent);
                if stack.parent == 0 && stack.calls > 0 && !stack.later {
                    return Some(scope);
                }
            }
            scope += 1;
        }
        None
    }

    pub(crate) const fn current(&self) -> u32 {
        self.current.get()
    }

    /// What makes a size: the current layer, or in the network's own body the operation.
    pub(crate) const fn made_by(&self, operation: u32) -> u32 {
        match self.current() {
            0 => operation,
            layer => layer,
        }
    }

    /// A loop goes on with the next member of a stack that was entered before. What it does beside calling that is
    /// the network's own.
    pub const fn resume(&self, stack: Scope<'_>) {
        self.current.replace(self.around(stack.id()));
        if matches!(self.scope(stack.id()).presence, Presence::Undecided) {
            self.has_more_members.replace(true);
        }
    }

    /// Whether a loop goes over a stack whose length is not given: what it does for a later member is not known.
    pub(crate) const fn has_more_members(&self) -> bool {
        self.has_more_members.get()
    }

    /// The scope that goes on once this one is left: of a stack's member, the network that has the stack.
    pub(crate) const fn around(&self, scope: u32) -> u32 {
        let mut cell = self.scope(scope);
        if cell.index.is_some() {
            cell = self.scope(cell.parent);
        }
        if cell.parent == NONE { 0 } else { cell.parent }
    }

    pub(crate) const fn set_current(&self, scope: u32) {
        self.current.replace(scope);
    }

    /// The path of a scope, whole: what parameters are known by.
    pub(crate) fn whole_path(&self, scope: u32) -> String {
        let cell = self.scope(scope);
        if scope == NONE || cell.parent == NONE {
            return String::new();
        }
        let above = self.whole_path(cell.parent);
        match cell.index {
            Some(index) => join(&above, format_args!("{}{index}", cell.name)),
            None => join(&above, cell.name),
        }
    }

    /// The path of a scope for a mistake, `blocks.0.conv1`: the end of one that is too long.
    pub(crate) const fn path(&self, scope: u32) -> Path {
        let cell = self.scope(scope);
        if scope == NONE || cell.parent == NONE {
            return Path::EMPTY;
        }
        let own = match cell.index {
            Some(index) => Path::EMPTY.push_cut(cell.name).number(index as usize),
            None => Path::EMPTY.push_cut(cell.name),
        };
        let above = self.path(cell.parent);
        if above.as_str().is_empty() {
            return own;
        }
        let joined = above.push(".").push(own.as_str());
        if joined.as_str().len() == above.as_str().len() + 1 + own.as_str().len() {
            return joined;
        }
        let cut = Path::EMPTY.push("….").push(own.as_str());
        if cut.as_str().len() > own.as_str().len() {
            cut
        } else {
            own
        }
    }
}
