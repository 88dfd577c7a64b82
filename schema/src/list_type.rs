//! Uniqueness in lists of type `set` and `map`.
//!
//! In: an object (defaulted before) and its schema. Out: one error for each duplicate, at its
//! second place. Source: `apiextensions-apiserver/pkg/apiserver/schema/listtype`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    field::{Error, Errors, Path},
    go::identity,
    part,
    schema::{ListType, Schema},
    view::{Arena, View},
};

/// Checks every list in `value`.
pub fn validate<'v>(value: impl Into<View<'v>>, schema: &Schema) -> Errors {
    let (mut errors, arena) = (Errors::default(), Arena::new());
    part::visit(value.into(), schema, &Path::ROOT, &arena, &mut |value, schema, path| {
        if let Some(kind) = schema.list_type {
            validate_list(value, kind, &schema.list_map_keys, path, &arena, &mut errors);
        }
    });
    errors
}

/// Whether a list has no duplicates, whatever is in its items.
pub(crate) fn is_valid<'v>(list: View<'v>, kind: ListType, keys: &[String], arena: &'v Arena) -> bool {
    let mut errors = Errors::default();
    if !is_clearly_unique(list, kind, keys, arena) {
        validate_list(list, kind, keys, &Path::ROOT, arena, &mut errors);
    }
    errors.is_empty()
}

/// Whether a list has no duplicates, as far as that can be seen by texts and integers.
fn is_clearly_unique<'v>(list: View<'v>, kind: ListType, keys: &[String], arena: &'v Arena) -> bool {
    let rank = |view: &View<'v>| match view {
        View::Null => Some((0, 0, "")),
        View::Int(number) => Some((1, *number, "")),
        View::Text(text) => Some((2, 0, *text)),
        _ => None,
    };
    let identity = |item: View<'v>| -> Option<&'v [_]> {
        let ranks: Option<Vec<_>> = match (kind, item) {
            (ListType::Map, View::Object(members)) => {
                keys.iter().map(|key| rank(&members.get(key, arena).unwrap_or(View::Null))).collect()
            }
            (ListType::Map, _) => None,
            _ => rank(&item).map(|rank| vec![rank]),
        };
        Some(arena.alloc_slice_copy(&ranks?))
    };
    let Some(mut identities) = list.items(arena).map(identity).collect::<Option<Vec<_>>>() else { return false };
    identities.sort_unstable();
    identities.windows(2).all(|pair| pair[0] != pair[1])
}

fn validate_list<'v>(
    list: View<'v>,
    kind: ListType,
    keys: &[String],
    path: &Path<'_>,
    arena: &'v Arena,
    errors: &mut Errors,
) {
    match kind {
        ListType::Set => {
            let items: Vec<View<'_>> = list.items(arena).collect();
            let repeated = repetitions(items.iter().copied().map(identity));
            let duplicate = |index: usize| Error::duplicate(path.index(index), &items[index].to_json());
            errors.extend(repeated.into_iter().map(duplicate));
        }
        ListType::Map => validate_map(list, keys, path, arena, errors),
        ListType::Atomic => {}
    }
}

fn validate_map<'v>(list: View<'v>, names: &[String], path: &Path<'_>, arena: &'v Arena, errors: &mut Errors) {
    let items: Vec<View<'v>> = list.items(arena).collect();
    if let Some(index) = items.iter().position(|item| !matches!(item, View::Object(_) | View::Null)) {
        let detail = "must be an object for an array of list-type map";
        errors.push(Error::invalid(path.index(index), &items[index].to_json(), detail));
        return;
    }
    let repeated = repetitions(items.iter().map(|item| key_identity(*item, names, arena)));
    let duplicate = |index: usize| Error::duplicate(path.index(index), &key(items[index], names, arena));
    errors.extend(repeated.into_iter().map(duplicate));
}

/// The keys that an item has; a missing one counts as a value of its own.
fn key<'v>(item: View<'v>, names: &[String], arena: &'v Arena) -> Value {
    let found = names.iter().filter_map(|name| Some((name.clone(), item.get(name, arena)?.to_json())));
    Value::Object(found.collect::<Map<_, _>>())
}

/// One key is compared as it is, several as a compound.
fn key_identity<'v>(item: View<'v>, names: &[String], arena: &'v Arena) -> String {
    match names {
        [name] => item.get(name, arena).map_or_else(|| "unspecified".to_owned(), identity),
        _ => identity((&key(item, names, arena)).into()),
    }
}

/// The second place of each value that is there more than once.
fn repetitions(identities: impl Iterator<Item = String>) -> Vec<usize> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut repeated = Vec::new();
    for (index, identity) in identities.enumerate() {
        let times = seen.entry(identity).or_default();
        *times += 1;
        if *times == 2 {
            repeated.push(index);
        }
    }
    repeated
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.
mod tests {
    use serde_json::json;

    use super::*;

    fn schema_of(value: Value) -> Schema {
        Schema::from_value(&value).unwrap()
    }

    fn check(list: Value, value: Value, errors: &[&str]) {
        let schema = schema_of(json!({"properties": {"l": list}}));
        let found: Vec<String> = validate(&json!({"l": value}), &schema).iter().map(ToString::to_string).collect();
        assert_eq!(found, errors);
    }

    #[test]
    fn items_of_a_set_are_unique_by_type() {
        let set = json!({"x-kubernetes-list-type": "set"});
        check(set.clone(), json!([1, 1.0, "1", true, null]), &[]);
        check(set.clone(), json!(["a", "a", "a", "b"]), &[r#"l[1]: Duplicate value: "a""#]);
        check(set, json!([[1], [1.0]]), &["l[1]: Duplicate value: [1]"]);
    }

    #[test]
    fn items_of_a_map_are_unique_by_their_keys() {
        let one = json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]});
        check(one.clone(), json!([{"a": 1, "x": 1}, {"a": 2}, {"a": 1}]), &[r#"l[2]: Duplicate value: {"a":1}"#]);
        check(one.clone(), json!([{}, null]), &["l[1]: Duplicate value: {}"]);
        check(one, json!([1]), &["l[0]: Invalid value: 1: must be an object for an array of list-type map"]);
        let two = json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"]});
        check(two, json!([{"a": 1, "b": 2}, {"a": 1}, {"a": 1.0}]), &[r#"l[2]: Duplicate value: {"a":1}"#]);
    }

    #[test]
    fn lists_are_found_in_maps_and_lists() {
        let set = json!({"x-kubernetes-list-type": "set"});
        check(json!({"additionalProperties": set}), json!({"k": [1, 1]}), &["l[k][1]: Duplicate value: 1"]);
        check(json!({"items": set}), json!([[], [1, 1]]), &["l[1][1]: Duplicate value: 1"]);
    }
}
