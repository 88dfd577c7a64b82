//! How large the values of schemas are that hold everything.

use std::collections::HashMap;

use super::wanted::Wanted;
use crate::schema::Schema;

/// The sizes of the schemas that were met, by their addresses.
#[derive(Default)]
pub(super) struct Weights {
    known: HashMap<usize, usize>,
}

impl Weights {
    /// How many nodes a value has that holds every property, and one item in every array and map; at least 1.
    pub(super) fn of(&mut self, wanted: &Wanted<'_>) -> usize {
        wanted.parts.first().map_or(1, |schema| self.weigh(schema))
    }

    fn weigh(&mut self, schema: &Schema) -> usize {
        let address = std::ptr::from_ref(schema).addr();
        if let Some(known) = self.known.get(&address) {
            return *known;
        }
        let weight = schema.children().fold(1, |weight: usize, child| weight.saturating_add(self.weigh(child)));
        self.known.insert(address, weight);
        weight
    }
}
