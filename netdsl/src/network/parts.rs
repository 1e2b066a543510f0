//! What the parts of a network are put together from.

use crate::network::module::Parameter;
use crate::places::Places;
use crate::shape::Arg;
use crate::{Element, WaitingError};

/// Parameters that were drawn and have not found their layers yet, and what else construction needs to know, by path.
#[derive(Clone)]
pub struct Parts<E> {
    pub(crate) known: Known,
    /// In the order in which they were added; those that have found their layers are gone.
    drawn: Vec<Option<Parameter<E>>>,
}

/// What is known of paths. It says where parameters are, not what they are: so it is the same for all types of elements,
/// and is compiled with the library.
#[derive(Clone, Default)]
pub(crate) struct Known {
    places: Places,
    pieces: Vec<Piece>,
}

/// What is known of one path: of a parameter, a stack, an optional part, a network within the network.
#[derive(Clone, Default)]
struct Piece {
    /// The place of a parameter among all.
    drawn: Option<usize>,
    /// Why a parameter waits.
    waiting: Option<WaitingError>,
    /// How many members a stack has.
    members: usize,
    /// Whether an optional part is not there.
    absent: bool,
    /// The sizes of a network.
    arguments: Vec<(&'static str, Arg)>,
}

impl<E: Element> Parts<E> {
    /// Without parameters.
    pub(crate) fn new(known: Known) -> Self {
        let drawn = Vec::new();
        Self { known, drawn }
    }

    pub(crate) fn add(&mut self, path: String, parameter: Parameter<E>) {
        self.known.piece(path).drawn = Some(self.drawn.len());
        self.drawn.push(Some(parameter));
    }

    /// A parameter that has not found its layer yet.
    pub(crate) fn value(&self, path: &str) -> Option<&[E]> {
        let parameter = self.drawn[self.known.place(path)?].as_ref()?;
        Some(parameter.slice())
    }

    /// The parameters at and below a path, named relative to it; the reason where one of them waits.
    pub(crate) fn take(&mut self, path: &str) -> Result<Vec<Parameter<E>>, WaitingError> {
        let found = self.known.below(path)?.into_iter();
        let named = found.filter_map(|(place, name)| {
            let parameter = self.drawn[place].take()?;
            Some(Parameter { name, ..parameter })
        });
        Ok(named.collect())
    }
}

impl Known {
    fn get(&self, path: &str) -> Option<&Piece> {
        Some(&self.pieces[self.places.get(path)?])
    }

    /// What is known of a path, of which nothing may be known yet.
    fn piece(&mut self, path: String) -> &mut Piece {
        let place = self.places.add(path);
        if place == self.pieces.len() {
            self.pieces.push(Piece::default());
        }
        &mut self.pieces[place]
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
        let own = self.get(path).map_or(&[][..], |piece| &piece.arguments[..]);
        let named = |name: &&str| own.iter().find(|(own, _)| own == name);
        names
            .iter()
            .map(|name| named(name).map_or(Arg::OPEN, |(_, size)| *size))
            .collect()
    }

    /// Whether an optional part is not there.
    pub(crate) fn is_absent(&self, path: &str) -> bool {
        self.get(path).is_some_and(|piece| piece.absent)
    }

    /// How many members a stack has.
    pub(crate) fn members(&self, path: &str) -> usize {
        self.get(path).map_or(0, |piece| piece.members)
    }

    /// Where a parameter is among all.
    fn place(&self, path: &str) -> Option<usize> {
        self.get(path)?.drawn
    }

    /// Where the parameters at and below a path are among all, in that order, and their names relative to it; the reason
    /// where one of them waits.
    fn below(&self, path: &str) -> Result<Vec<(usize, String)>, WaitingError> {
        let below = self.places.below(path);
        let pieces = below.iter().map(|&(_, place)| &self.pieces[place]);
        let mut waiting = pieces.clone().filter_map(|piece| piece.waiting.as_ref());
        // A parameter may wait for want of another one's size: the one with the gap tells more.
        let with_gap = waiting.clone().find(|waiting| waiting.shape.contains('_'));
        if let Some(first) = with_gap.or_else(|| waiting.next()) {
            return Err(first.clone());
        }
        let mut found: Vec<(usize, String)> = Vec::new();
        for ((whole, _), piece) in below.iter().zip(pieces) {
            if let Some(place) = piece.drawn {
                // Of a parameter without a name the path is its layer's.
                let name = whole.get(path.len() + 1..).unwrap_or_default();
                let at = found.partition_point(|(before, _)| *before < place);
                found.insert(at, (place, name.to_owned()));
            }
        }
        Ok(found)
    }
}
