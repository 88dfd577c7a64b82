//! Validation of a map: its values, then the map as a whole.
//!
//! In: entries and rules. Out: field errors, at paths with the keys.

use std::collections::BTreeMap;

use crdgen_schema::field::{Errors, Path};

use super::keys::{Keys, check_keys};
use crate::{rule::Rule, value::Field};

/// Checks every value, and `rules` on the map as a whole.
pub(crate) fn map<T: Field>(
    entries: &BTreeMap<String, T>,
    rules: &'static [Rule],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let value_rules = value_rules(rules);
    for (key, value) in entries {
        value.check(value_rules, &path.key(key), errors);
    }
    check_keys(entries, rules, path, errors);
}

/// The rules that hold for each value.
pub(super) fn value_rules(rules: &'static [Rule]) -> &'static [Rule] {
    let find = |rule: &'static Rule| match rule {
        Rule::Values(rules) => Some(*rules),
        _ => None,
    };
    rules.iter().find_map(find).unwrap_or_default()
}

impl<T> Keys for BTreeMap<String, T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn contains(&self, key: &str) -> bool {
        self.contains_key(key)
    }
}
