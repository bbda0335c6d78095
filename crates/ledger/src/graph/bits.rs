//! A set of small numbers, one bit each.

/// A set of small numbers that grows as needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// An empty one with room for numbers below this.
    pub(super) fn new(below: usize) -> Self {
        Self(vec![0; below.div_ceil(64)])
    }

    /// Puts a number in; out comes whether it was not there.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1_u64 << (number % 64));
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let Some(word) = self.0.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a number is in it.
    pub(super) fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}
