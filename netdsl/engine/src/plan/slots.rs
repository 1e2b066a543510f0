//! Memory for results: few slots, each used again once its elements are no longer read.

/// Slots and which of them are free.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// The elements each must hold.
    sizes: Vec<usize>,
    /// Free slots with their sizes, in order. (A network of a thousand layers keeps a slot for
    /// each of its gradients: looking at them all for each result would take the square of that.)
    free: Vec<(usize, u32)>,
}

impl Slots {
    /// No slots.
    pub(super) fn clear(&mut self) {
        self.sizes.clear();
        self.free.clear();
    }

    /// The elements each slot must hold.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.sizes.iter().copied()
    }

    /// A slot for `len` elements: of the free ones the smallest large enough, else the largest
    /// made larger, else a new one.
    pub(super) fn take(&mut self, len: usize) -> u32 {
        let fitting = self.free.partition_point(|&(size, _)| size < len);
        if fitting < self.free.len() {
            return self.free.remove(fitting).1;
        }
        match self.free.pop() {
            Some((_, slot)) => {
                self.sizes[slot as usize] = len;
                slot
            }
            None => {
                self.sizes.push(len);
                (self.sizes.len() - 1) as u32
            }
        }
    }

    /// Gives a slot back.
    pub(super) fn release(&mut self, slot: u32) {
        let entry = (self.sizes[slot as usize], slot);
        let at = self.free.partition_point(|&free| free < entry);
        self.free.insert(at, entry);
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
