//! Where things are that are known by their paths: parameters, parts of a network, tensors of a file.
//!
//! The things themselves are in a vector beside this. A map that holds them would be compiled once for each kind of them,
//! and once more for each type of elements, with every program.

use std::collections::BTreeMap;

/// Places by path, counted in the order in which paths came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    at: BTreeMap<String, usize>,
}

impl Places {
    /// The places of some paths in their order.
    pub(crate) fn of(paths: &mut dyn Iterator<Item = &str>) -> Self {
        let mut places = Self::default();
        for path in paths {
            places.add(path.to_owned());
        }
        places
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.at.contains_key(path)
    }

    pub(crate) fn get(&self, path: &str) -> Option<usize> {
        self.at.get(path).copied()
    }

    /// The place of a path, which is a new one if the path is.
    pub(crate) fn add(&mut self, path: String) -> usize {
        let next = self.at.len();
        *self.at.entry(path).or_insert(next)
    }

    /// All paths, in order, and their places.
    pub(crate) fn all(&self) -> Vec<(&str, usize)> {
        let all = self.at.iter();
        all.map(|(path, &place)| (path.as_str(), place)).collect()
    }

    /// A path and those below it, in order, and their places.
    pub(crate) fn below(&self, path: &str) -> Vec<(&str, usize)> {
        // Nothing that names are made of comes before the separator.
        let below = self.at.range(path.to_owned()..format!("{path}/"));
        below.map(|(path, &place)| (path.as_str(), place)).collect()
    }
}
