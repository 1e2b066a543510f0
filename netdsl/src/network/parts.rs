//! What the parts of a network are put together from.

use crate::network::module::Parameter;
use crate::shape::Arg;
use crate::{Element, WaitingError};
use std::collections::BTreeMap;

/// Parameters that were drawn and have not found their layers yet, and what else construction needs to know, by path.
#[derive(Clone)]
pub struct Parts<E> {
    at: BTreeMap<String, Piece<E>>,
    /// Parameters so far.
    count: usize,
}

/// What is known of one path: of a parameter, a stack, an optional part, a network within the network.
#[derive(Clone)]
struct Piece<E> {
    /// A parameter, and its place among all.
    drawn: Option<(usize, Parameter<E>)>,
    /// Why a parameter waits.
    waiting: Option<WaitingError>,
    /// How many members a stack has.
    members: usize,
    /// Whether an optional part is not there.
    absent: bool,
    /// The sizes of a network.
    arguments: Vec<(&'static str, Arg)>,
}

impl<E: Element> Default for Parts<E> {
    fn default() -> Self {
        Self {
            at: BTreeMap::new(),
            count: 0,
        }
    }
}

impl<E: Element> Parts<E> {
    fn piece(&mut self, path: String) -> &mut Piece<E> {
        self.at.entry(path).or_insert(Piece {
            drawn: None,
            waiting: None,
            members: 0,
            absent: false,
            arguments: Vec::new(),
        })
    }

    pub(crate) fn add(&mut self, path: String, parameter: Parameter<E>) {
        let order = self.count;
        self.count += 1;
        self.piece(path).drawn = Some((order, parameter));
    }

    pub(crate) fn add_waiting(&mut self, path: String, error: WaitingError) {
        self.piece(path).waiting = Some(error);
    }

    pub(crate) fn add_member(&mut self, stack: String, index: usize) {
        let members = &mut self.piece(stack).members;
        *members = (*members).max(index + 1);
    }

    pub(crate) fn add_absent(&mut self, path: String) {
        self.piece(path).absent = true;
    }

    pub(crate) fn add_arguments(&mut self, path: String, arguments: Vec<(&'static str, Arg)>) {
        self.piece(path).arguments = arguments;
    }

    /// The sizes of a network within the network, by their names.
    pub(crate) fn arguments(&self, path: &str, names: &[&str]) -> Vec<Arg> {
        let own = self
            .at
            .get(path)
            .map_or(&[][..], |piece| &piece.arguments[..]);
        let named = |name: &&str| own.iter().find(|(own, _)| own == name);
        names
            .iter()
            .map(|name| named(name).map_or(Arg::OPEN, |(_, size)| *size))
            .collect()
    }

    /// A parameter that has not found its layer yet.
    pub(crate) fn value(&self, path: &str) -> Option<&[E]> {
        let (_, parameter) = self.at.get(path)?.drawn.as_ref()?;
        Some(parameter.slice())
    }

    /// Whether an optional part is not there.
    pub(crate) fn is_absent(&self, path: &str) -> bool {
        self.at.get(path).is_some_and(|piece| piece.absent)
    }

    /// How many members a stack has.
    pub(crate) fn members(&self, path: &str) -> usize {
        self.at.get(path).map_or(0, |piece| piece.members)
    }

    /// The parameters at and below a path, named relative to it; the reason where one of them waits.
    pub(crate) fn take(&mut self, path: &str) -> Result<Vec<Parameter<E>>, WaitingError> {
        // Nothing that names are made of comes before the separator, so these are the path and what is below it.
        let end = format!("{path}/");
        let below = || path.to_owned()..end.clone();
        let mut waiting = self
            .at
            .range(below())
            .filter_map(|(_, piece)| piece.waiting.as_ref());
        // A parameter may wait for want of another one's size: the one with the gap tells more.
        let with_gap = waiting.clone().find(|waiting| waiting.shape.contains('_'));
        if let Some(first) = with_gap.or_else(|| waiting.next()) {
            return Err(first.clone());
        }
        let mut found = Vec::new();
        for (whole, piece) in self.at.range_mut(below()) {
            if let Some((order, mut parameter)) = piece.drawn.take() {
                // Of a parameter without a name the path is its layer's.
                let name = whole.get(path.len() + 1..).unwrap_or_default();
                parameter.name = name.to_owned();
                found.push((order, parameter));
            }
        }
        found.sort_unstable_by_key(|(order, _)| *order);
        Ok(found.into_iter().map(|(_, parameter)| parameter).collect())
    }
}
