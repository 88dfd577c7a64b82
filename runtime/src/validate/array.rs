//! Validation of an array: its items, then the array as a whole.
//!
//! In: items and rules. Out: field errors, at paths with the indexes.

use crdgen_schema::field::{Errors, Path};

use super::list;
use crate::{rule::Rule, value::Field};

/// Checks every item, and `rules` on the array as a whole.
pub(crate) fn array<T: Field>(items: &[T], rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    let item_rules = item_rules(rules);
    for (index, item) in items.iter().enumerate() {
        item.check(item_rules, &path.index(index), errors);
    }
    list::list(items, rules, path, errors);
}

/// The rules that hold for each item.
pub(super) fn item_rules(rules: &'static [Rule]) -> &'static [Rule] {
    let find = |rule: &'static Rule| match rule {
        Rule::Items(rules) => Some(*rules),
        _ => None,
    };
    rules.iter().find_map(find).unwrap_or_default()
}
