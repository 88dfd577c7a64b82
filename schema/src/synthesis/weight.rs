//! How large the values of schemas are that hold everything.

use std::collections::HashMap;

use super::wanted::Wanted;
use crate::schema::{AdditionalProperties, Schema};

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
        let properties: usize = schema.properties.values().map(|property| self.weigh(property)).sum();
        let items = schema.items.as_deref().map_or(0, |items| self.weigh(items));
        let values = match &schema.additional_properties {
            Some(AdditionalProperties::Schema(schema)) => self.weigh(schema),
            _ => 0,
        };
        let weight = 1_usize.saturating_add(properties).saturating_add(items).saturating_add(values);
        self.known.insert(address, weight);
        weight
    }
}
