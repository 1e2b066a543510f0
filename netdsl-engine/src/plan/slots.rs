//! Memory for results: few slots, each used again once its elements are no longer read.

/// Slots and which of them are free.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// The elements each must hold, and whether it is free.
    slots: Vec<(usize, bool)>,
}

impl Slots {
    /// No slots.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
    }

    /// The elements each slot must hold.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.slots.iter().map(|(size, _)| *size)
    }

    /// A slot for `len` elements: of the free ones the smallest large enough, else the largest
    /// made larger, else a new one.
    pub(super) fn take(&mut self, len: usize) -> u32 {
        let mut best: Option<(usize, usize)> = None;
        for (index, &(size, free)) in self.slots.iter().enumerate() {
            let better = |best: usize| {
                if size >= len {
                    best < len || size < best
                } else {
                    best < size
                }
            };
            if free && best.is_none_or(|(_, best)| better(best)) {
                best = Some((index, size));
            }
        }
        match best {
            Some((index, size)) => {
                self.slots[index] = (size.max(len), false);
                index as u32
            }
            None => {
                self.slots.push((len, false));
                (self.slots.len() - 1) as u32
            }
        }
    }

    /// Gives a slot back.
    pub(super) fn release(&mut self, slot: u32) {
        self.slots[slot as usize].1 = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_slot_is_taken() {
        let mut slots = Slots::default();
        let [a, b, c] = [10, 30, 20].map(|len| slots.take(len));
        [a, b, c].into_iter().for_each(|slot| slots.release(slot));
        assert_eq!([slots.take(15), slots.take(15), slots.take(15)], [c, b, a]);
        assert_eq!(slots.take(1), 3);
        assert_eq!(slots.sizes().collect::<Vec<_>>(), [15, 30, 20, 1]);
    }
}
