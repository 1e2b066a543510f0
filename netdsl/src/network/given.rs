//! Values that parameters take instead of being drawn: those of a file.

use crate::Element;
use crate::places::Places;
use ndarray::ArrayD;

/// Values by the paths of parameters.
#[derive(Clone)]
pub(crate) struct Given<E> {
    places: Places,
    /// By their places; those that were taken out are gone.
    values: Vec<Option<ArrayD<E>>>,
}

impl<E> Default for Given<E> {
    fn default() -> Self {
        Self {
            places: Places::default(),
            values: Vec::new(),
        }
    }
}

impl<E: Element> Given<E> {
    pub(crate) fn get(&self, path: &str) -> Option<&ArrayD<E>> {
        self.values[self.places.get(path)?].as_ref()
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    pub(crate) fn insert(&mut self, path: String, value: ArrayD<E>) {
        let place = self.places.add(path);
        if place == self.values.len() {
            self.values.push(None);
        }
        self.values[place] = Some(value);
    }

    pub(crate) fn remove(&mut self, path: &str) -> Option<ArrayD<E>> {
        self.values[self.places.get(path)?].take()
    }

    /// Takes over from others what is not among these.
    pub(crate) fn fill_in(&mut self, mut others: Self) {
        for (path, place) in others.places.all() {
            if let Some(value) = others.values[place].take()
                && !self.contains(path)
            {
                self.insert(path.to_owned(), value);
            }
        }
    }

    /// All values, in order of the paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &ArrayD<E>)> {
        let all = self.places.all().into_iter();
        all.filter_map(|(path, place)| Some((path, self.values[place].as_ref()?)))
    }
}
