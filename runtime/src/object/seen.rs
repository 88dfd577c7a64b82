//! Which fields of an object have been met.
//!
//! In: indexes of fields. Out: whether one was met before. Up to 64 fields, which is nearly every type, nothing is
//! allocated.

/// A set of field indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    first: u64,
    /// Indexes from 64 on, a word for each 64 of them.
    rest: Vec<u64>,
}

impl Seen {
    /// Adds an index; `false` if it was there already.
    pub(crate) fn insert(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        let word = match (index / 64).checked_sub(1) {
            None => &mut self.first,
            Some(word) => {
                self.rest.resize(self.rest.len().max(word + 1), 0);
                &mut self.rest[word]
            }
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Whether an index was added.
    pub(crate) fn contains(&self, index: usize) -> bool {
        let word = if index < 64 { Some(&self.first) } else { self.rest.get(index / 64 - 1) };
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_new_once_however_large() {
        let mut seen = Seen::default();
        for index in [0, 63, 64, 65, 127, 128, 300, 1000] {
            assert!(!seen.contains(index));
            assert!(seen.insert(index));
            assert!(!seen.insert(index));
            assert!(seen.contains(index));
        }
        assert!(!seen.contains(1) && !seen.contains(299) && !seen.contains(5000));
    }
}
