//! What an unbound network will be drawn from, in the metadata of its file.

use crate::init::Init;
use crate::io::TensorFile;
use crate::network::{Core, InitRule, Network};
use crate::shape::Arg;
use crate::{Element, Error};
use std::collections::BTreeMap;

const SEED: &str = "netdsl.seed";
/// The sizes it was built with: `inputs=20,classes=_`.
const SIZES: &str = "netdsl.sizes";
/// How parameters start, a rule a line, in order: the initialiser and the pattern, or the kind of layers and
/// the parameter's name, with tabs between. Each rule matched a path, so none has a tab or a line's end within.
const RULES: &str = "netdsl.rules";

/// What an unbound network will be drawn from.
pub(super) struct Specification {
    seed: u64,
    sizes: Vec<(String, usize)>,
    rules: Vec<InitRule>,
}

impl Specification {
    /// Writes a network's down.
    ///
    /// # Errors
    /// If a parameter starts as a function says.
    pub(super) fn write<E: Element, N: Network<E>>(
        network: &N,
        metadata: &mut BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let core = network.core();
        let sizes = N::arguments(&network.definition()).into_iter();
        let sizes: Vec<String> = sizes
            .map(|(name, size)| match size.known() {
                Some(number) => format!("{name}={number}"),
                None => format!("{name}=_"),
            })
            .collect();
        metadata.insert(SEED.to_owned(), core.seed().to_string());
        metadata.insert(SIZES.to_owned(), sizes.join(","));
        if !core.rules().is_empty() {
            let rules: Vec<String> = core.rules().iter().map(written).collect::<Result<_, _>>()?;
            metadata.insert(RULES.to_owned(), rules.join("\n"));
        }
        Ok(())
    }

    /// That of the network in a file, if it was not bound.
    ///
    /// # Errors
    /// If it is not as [`Self::write`] writes it.
    pub(super) fn read(file: &TensorFile) -> Result<Option<Self>, Error> {
        let written = |key: &str| file.metadata().get(key).map(String::as_str);
        let Some(seed) = written(SEED) else {
            return Ok(None);
        };
        let broken = |key: &str, text: &str, what: &str| {
            let file = file.path().display();
            Error::Invalid(format!("{file}: `{key}` is `{text}`, which is not {what}"))
        };
        let sizes = written(SIZES).unwrap_or_default().split(',');
        let rules = written(RULES).unwrap_or_default().lines();
        Ok(Some(Self {
            seed: seed.parse().map_err(|_| broken(SEED, seed, "a seed"))?,
            sizes: sizes
                .filter_map(|size| size.split_once('='))
                .filter_map(|(name, size)| Some((name.to_owned(), size.parse().ok()?)))
                .collect(),
            rules: rules
                .map(|rule| read(rule).ok_or_else(|| broken(RULES, rule, "a rule for starting")))
                .collect::<Result<_, _>>()?,
        }))
    }

    /// The core of a network to be drawn from this, with the sizes that `network` was built with and those it
    /// left open.
    ///
    /// # Errors
    /// If the network was built with other sizes.
    pub(super) fn core<E: Element, N: Network<E>>(&self, network: &N) -> Result<Core<E>, Error> {
        let own = N::arguments(&network.definition()).into_iter();
        let sizes: Vec<Arg> = own
            .map(|(name, own)| self.size(name, own))
            .collect::<Result<_, _>>()?;
        let mut core = Core::new(sizes, self.seed);
        for rule in &self.rules {
            core.add_rule(rule.clone());
        }
        Ok(core)
    }

    fn size(&self, name: &str, own: Arg) -> Result<Arg, Error> {
        let mut written = self.sizes.iter();
        match (own.known(), written.find(|(known, _)| known == name)) {
            (None, Some(&(_, size))) => Ok(Arg::int(size)),
            (Some(own), Some(&(_, size))) if own != size => Err(Error::Invalid(format!(
                "the network was built with `{name}` = {own}, but the one in the file with {size}; build it with {size} or `_`"
            ))),
            _ => Ok(own),
        }
    }
}

fn written(rule: &InitRule) -> Result<String, Error> {
    let whose = match rule {
        InitRule::Path(pattern, _) => pattern.clone(),
        InitRule::Kind(kind, name, _) => format!("{kind}\t{name}"),
    };
    match rule.init().written() {
        Some(init) => Ok(format!("{init}\t{whose}")),
        None => Err(Error::Invalid(format!(
            "a function says how `{}` starts, which no file can hold: bind the network before it is saved",
            whose.replace('\t', ".")
        ))),
    }
}

fn read(rule: &str) -> Option<InitRule> {
    let (init, fits) = rule.split_once('\t')?;
    let init = Init::read(init)?;
    Some(match fits.split_once('\t') {
        Some((kind, name)) => InitRule::Kind(kind.to_owned(), name.to_owned(), init),
        None => InitRule::Path(fits.to_owned(), init),
    })
}
