//! Where training is, in a file: what the optimiser remembers, its rates, which random numbers come next.

use super::Trainer;
use crate::io::{Dtype, TensorFile, write};
use crate::train::Loss;
use crate::train::optimizer::Rule;
use crate::{Element, Error};
use std::collections::BTreeMap;
use std::path::Path;

/// Under which a file says that it is one of training: its rule's type.
const KIND: &str = "netdsl.trainer";
const BATCHES: &str = "netdsl.batches";
const SEED: &str = "netdsl.seed";
const GROUPS: &str = "netdsl.groups";
/// In front of the number of updates of a parameter.
const UPDATES: &str = "netdsl.updates.";

impl<L: Loss, R: Rule, E: Element> Trainer<L, R, E> {
    /// Saves where training is as safetensors: the optimiser's state under PyTorch's names (`fc1.weight.exp_avg`), the
    /// updates of each parameter, the rates and momenta that a schedule has set, and which random numbers come next. The
    /// network is saved by itself.
    ///
    /// ```
    /// use netdsl::data::digits;
    /// use netdsl::prelude::*;
    /// use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer};
    ///
    /// network! {
    ///     struct Net {
    ///         fc: Linear<_, 16>,
    ///         drop: Dropout(p = 0.5),
    ///         head: Linear<_, 10>,
    ///     }
    ///
    ///     fn forward(image: [1, 8, 8]) -> [10] {
    ///         head(drop(fc(image.flatten()).relu()))
    ///     }
    /// }
    ///
    /// # let folder = std::env::temp_dir().join(format!("netdsl-checkpoint-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// let (train, _) = digits::<f32>().split(0.1, 0)?;
    /// let mut net = network!(Net, seed = 1)?;
    /// let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-3))?;
    /// Fit::new(2).run(&mut trainer, &mut net, &train)?;
    /// net.save(folder.join("net.safetensors"))?;
    /// trainer.save(folder.join("trainer.safetensors"))?;
    ///
    /// // Later, elsewhere:
    /// let mut later = network!(Net)?;
    /// let mut trainer2 = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-3))?;
    /// later.load(folder.join("net.safetensors"))?;
    /// trainer2.load(folder.join("trainer.safetensors"))?;
    /// Fit::new(3).completed(2).run(&mut trainer2, &mut later, &train)?;
    /// # Fit::new(3).completed(2).run(&mut trainer, &mut net, &train)?;
    /// # assert_eq!(net.parameter("fc.weight")?, later.parameter("fc.weight")?);
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written, or gradients are accumulated that were not applied.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        if !self.accumulated.is_empty() {
            return Err(Error::Invalid(
                "gradients are accumulated, which a file does not keep\n  = help: call `apply` before `save`".to_owned(),
            ));
        }
        let mut metadata = BTreeMap::from([
            (KIND.to_owned(), E::DTYPE.to_owned()),
            (BATCHES.to_owned(), self.count.to_string()),
            (SEED.to_owned(), self.seed().to_string()),
            (GROUPS.to_owned(), self.optimizer.rates()),
        ]);
        for (path, updates) in self.optimizer.all_steps() {
            metadata.insert(format!("{UPDATES}{path}"), updates.to_string());
        }
        let dtype = if E::DTYPE == "F64" {
            Dtype::F64
        } else {
            Dtype::F32
        };
        let tensors = self
            .optimizer
            .states()
            .map(|(path, name, values)| (format!("{path}.{name}"), dtype, [values.len()], values));
        Ok(write(path, tensors, &metadata)?)
    }

    /// Goes on where the trainer was that saved a file ([`Self::save`]): made anew with the same loss, rule, options and
    /// parameter groups, it trains on bit for bit as that one would have. Plans, clipping and options are not in the
    /// file.
    ///
    /// # Errors
    /// If the file cannot be read, is no trainer's, or that of another rule or of other parameter groups; the trainer is
    /// then as it was.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let file = TensorFile::open(&path)?;
        let broken = |what: &str| {
            Error::Invalid(format!(
                "`{}` does not say {what}: it is no file of training\n  = help: give a file that `Trainer::save` wrote; \
                 `load` of a network reads a network's",
                path.as_ref().display()
            ))
        };
        let metadata = file.metadata();
        let number = |key: &str, what: &str| -> Result<u64, Error> {
            let number = metadata.get(key).and_then(|number| number.parse().ok());
            number.ok_or_else(|| broken(what))
        };
        if !metadata.contains_key(KIND) {
            return Err(broken("how far training is"));
        }
        let (count, seed) = (
            number(BATCHES, "how many batches there were")?,
            number(SEED, "which random numbers come next")?,
        );
        let mut optimizer = self.optimizer.without_state();
        let rates = metadata
            .get(GROUPS)
            .ok_or_else(|| broken("the learning rates"))?;
        optimizer.set_rates(rates).map_err(Error::Invalid)?;
        for tensor in file.iter() {
            let Some((path, name)) = tensor.name.rsplit_once('.') else {
                return Err(broken("whose state it has"));
            };
            optimizer.load_state(path, name, tensor.to_vec()?)?;
        }
        for (key, _) in metadata.range(UPDATES.to_owned()..) {
            let Some(path) = key.strip_prefix(UPDATES) else {
                break;
            };
            optimizer.set_steps(path, number(key, "how many updates there were")?);
        }
        self.optimizer = optimizer;
        (self.count, self.loaded_seed, self.checked) = (count, Some(seed), None);
        self.accumulated.clear();
        Ok(())
    }

    /// What the random numbers of the next batch are drawn from, beside the count.
    fn seed(&self) -> u64 {
        self.loaded_seed.unwrap_or(self.seed)
    }
}
