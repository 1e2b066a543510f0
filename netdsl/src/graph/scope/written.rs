//! What is written of a layer, as text.

use crate::graph::trace::same_text;
use crate::shape::Text;

/// The sizes and options of a layer in the user's words.
#[derive(Clone, Copy)]
pub struct Written {
    /// What stands in `<…>`.
    pub sizes: &'static [&'static str],
    /// What stands in `(…)`: names and values.
    pub options: &'static [(&'static str, &'static str)],
}

impl Written {
    /// The first of the options that is one of these sizes.
    pub(super) const fn first_size(&self, names: &[&str]) -> Option<usize> {
        let mut i = 0;
        while i < self.options.len() {
            if position(names, self.options[i].0) < names.len() {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    /// `<3, 4>`: all sizes in their places, be they written there or as options.
    pub(super) const fn in_place(&self, names: &[&str]) -> Text<120> {
        let (mut text, mut i, mut next) = (Text::EMPTY, 0, 0);
        let are_all_in_place = self.sizes.len() == names.len();
        while i < names.len() {
            let named = self.option(names[i]);
            let size = match named {
                Some(value) => value,
                None if next < self.sizes.len() => self.sizes[next],
                None => "_",
            };
            next += (named.is_none() || are_all_in_place) as usize;
            text = text.push(if i > 0 { ", " } else { "<" }).push(size);
            i += 1;
        }
        text.push(">")
    }

    /// The value of an option.
    const fn option(&self, name: &str) -> Option<&'static str> {
        let mut i = 0;
        while i < self.options.len() {
            if same_text(self.options[i].0, name) {
                return Some(self.options[i].1);
            }
            i += 1;
        }
        None
    }
}

/// Where a name is among others; their number where it is none of them.
const fn position(names: &[&str], name: &str) -> usize {
    let mut i = 0;
    while i < names.len() && !same_text(names[i], name) {
        i += 1;
    }
    i
}
