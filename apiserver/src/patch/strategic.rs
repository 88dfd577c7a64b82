//! Strategic merge patches: merge patches that also merge lists whose items have keys, and that understand directives
//! (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/NAME`, `$setElementOrder/NAME`).
//!
//! In: a patch, the value, and its shape, which says how lists merge. Out: the patched value.
//! Source: `k8s.io/apimachinery/pkg/util/strategicpatch`.

use crdgen_schema::go::{kind_of, print_plain};
use serde_json::{Map, Value};

use crate::managed_fields::shape::{Items, Shape};

const PATCH: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

/// Why a patch cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// A directive does not have the type that it needs: 400.
    #[error("invalid patch format of {0}")]
    Format(&'static str),
    /// An error that kube-apiserver answers with 500, because its code gives it no class.
    #[error("{0}")]
    Other(String),
}

/// Applies a patch.
pub(crate) fn apply(target: &mut Value, patch: &Value, shape: Option<Shape<'_>>) -> Result<(), Error> {
    if shape.is_some_and(Shape::is_replaced) && patch.is_object() && target.is_object() {
        target.clone_from(patch);
        return Ok(());
    }
    match (patch, &mut *target) {
        (Value::Object(changes), Value::Object(own)) => members(own, changes, shape),
        (Value::Array(changes), Value::Array(own)) => list(own, changes, shape),
        _ => {
            *target = without_directives(patch);
            Ok(())
        }
    }
}

fn members(own: &mut Map<String, Value>, changes: &Map<String, Value>, shape: Option<Shape<'_>>) -> Result<(), Error> {
    match changes.get(PATCH).map(Value::as_str) {
        None => {}
        Some(Some("replace")) => {
            own.clone_from(changes);
            own.remove(PATCH);
            return Ok(());
        }
        Some(Some("delete")) => {
            own.clear();
            return Ok(());
        }
        Some(_) => {
            let (kind, all) = (print_plain(&changes[PATCH]), print_plain(&Value::Object(changes.clone())));
            return Err(Error::Other(format!("unknown patch type: {kind} in map: {all}")));
        }
    }
    if let Some(keys) = changes.get(RETAIN) {
        retain(own, changes, keys)?;
    }
    let orders: Vec<(&str, &Value)> =
        changes.iter().filter_map(|(name, order)| Some((name.strip_prefix(ORDER)?, order))).collect();
    let before: Vec<Value> = orders.iter().map(|(name, _)| own.get(*name).cloned().unwrap_or_default()).collect();
    for (name, change) in changes.iter().filter(|(name, _)| *name != RETAIN && !name.starts_with(ORDER)) {
        if let Some(name) = name.strip_prefix(DELETE) {
            let gone = change.as_array().ok_or(Error::Format("primitive list"))?;
            if let Some(items) = own.get_mut(name).and_then(Value::as_array_mut) {
                items.retain(|item| !gone.contains(item));
            }
        } else if change.is_null() {
            own.remove(name);
        } else if let Some(value) = own.get_mut(name) {
            apply(value, change, below(shape, name))?;
        } else {
            own.insert(name.clone(), without_directives(change));
        }
    }
    for ((name, order), before) in orders.into_iter().zip(before) {
        let order = order.as_array().ok_or(Error::Format("setElementOrder list"))?;
        if let Some(items) = own.get_mut(name).and_then(Value::as_array_mut) {
            sort(items, order, before.as_array().map_or(&[], Vec::as_slice), &keys(below(shape, name)));
        }
    }
    Ok(())
}

fn below<'a>(shape: Option<Shape<'a>>, name: &str) -> Option<Shape<'a>> {
    shape.and_then(|shape| shape.field(name))
}

fn retain(own: &mut Map<String, Value>, changes: &Map<String, Value>, keys: &Value) -> Result<(), Error> {
    let keys = keys.as_array().ok_or(Error::Format("retainKeys"))?;
    let listed = |name: &str| keys.iter().any(|key| key == name);
    if changes.keys().any(|name| name != RETAIN && !listed(name)) {
        return Err(Error::Format("retainKeys"));
    }
    own.retain(|name, _| listed(name));
    Ok(())
}

/// Merges a list. Items of the patch have its order, and come before others that stood behind them or are not known.
fn list(own: &mut Vec<Value>, changes: &[Value], shape: Option<Shape<'_>>) -> Result<(), Error> {
    let before = own.clone();
    let items = shape.map_or(Items::Whole, Shape::patched_items);
    if items != Items::Whole {
        check_types(own, changes)?;
    }
    match items {
        Items::Set => {
            for change in changes {
                if !own.contains(change) {
                    own.push(change.clone());
                }
            }
            sort(own, changes, &before, &[]);
            Ok(())
        }
        Items::Map(keys) => {
            keyed_list(own, changes, &keys, shape.map(Shape::item))?;
            // They are sorted by their keys.
            own.iter().try_for_each(|item| check_keys(item, &keys))?;
            sort(own, changes, &before, &keys);
            Ok(())
        }
        Items::Whole => {
            // The list is replaced as a whole, and directives inside it have no meaning.
            *own = changes.to_vec();
            Ok(())
        }
    }
}

/// Items that are merged must be of one type (`sliceElementType`).
fn check_types(own: &[Value], changes: &[Value]) -> Result<(), Error> {
    let mut kinds = own.iter().chain(changes).filter(|item| !item.is_null()).map(kind_of);
    let Some(first) = kinds.next() else { return Ok(()) };
    if first == "slice" {
        return Err(Error::Other("lists of lists are not supported".to_owned()));
    }
    if kinds.all(|kind| kind == first) {
        return Ok(());
    }
    let [own, changes] = [own, changes].map(|items| print_plain(&Value::from(items)));
    Err(Error::Other(format!("list element types are not identical: [{own} {changes}]")))
}

fn check_keys(item: &Value, keys: &[&str]) -> Result<(), Error> {
    let Some(key) = keys.iter().find(|key| item[**key].is_null()) else { return Ok(()) };
    let all = print_plain(item);
    Err(Error::Other(format!("map: {all} does not contain declared merge key: {key}")))
}

fn keyed_list(own: &mut Vec<Value>, changes: &[Value], keys: &[&str], item: Option<Shape<'_>>) -> Result<(), Error> {
    if changes.iter().any(|change| change[PATCH] == "replace") {
        *own = changes.iter().filter(|change| change[PATCH].is_null()).cloned().collect();
        return Ok(());
    }
    for change in changes {
        check_keys(change, keys)?;
        let same = |item: &Value| keys.iter().all(|key| item.get(*key) == change.get(*key));
        match change[PATCH].as_str() {
            Some("delete") => own.retain(|item| !same(item)),
            None if change[PATCH].is_null() => match own.iter_mut().find(|item| same(item)) {
                Some(found) => apply(found, change, item)?,
                None => own.push(without_directives(change)),
            },
            _ => {
                let (kind, all) = (print_plain(&change[PATCH]), print_plain(change));
                return Err(Error::Other(format!("unknown patch type: {kind} in map: {all}")));
            }
        }
    }
    Ok(())
}

fn keys(shape: Option<Shape<'_>>) -> Vec<&str> {
    match shape.map(Shape::patched_items) {
        Some(Items::Map(keys)) => keys,
        _ => Vec::new(),
    }
}

/// Sorts the items that `order` lists into that order. Each other item goes in front of the first listed item that it
/// preceded in `before`; those that preceded none go to the end.
fn sort(items: &mut Vec<Value>, order: &[Value], before: &[Value], keys: &[&str]) {
    let same = |a: &Value, b: &Value| if keys.is_empty() { a == b } else { keys.iter().all(|key| a[*key] == b[*key]) };
    let place = |list: &[Value], item: &Value| list.iter().position(|other| same(item, other));
    let (mut named, others): (Vec<Value>, Vec<Value>) =
        std::mem::take(items).into_iter().partition(|item| place(order, item).is_some());
    named.sort_by_key(|item| place(order, item));
    let mut others = others.into_iter().peekable();
    for item in named {
        let until = place(before, &item);
        while let Some(other) = others.next_if(|other| place(before, other).is_some_and(|at| Some(at) < until)) {
            items.push(other);
        }
        items.push(item);
    }
    items.extend(others);
}

/// The value that a patch adds where nothing was: the patch without its directives and nulls.
fn without_directives(patch: &Value) -> Value {
    match patch {
        Value::Object(changes) => {
            let kept = changes.iter().filter(|(name, value)| {
                !value.is_null()
                    && *name != PATCH
                    && *name != RETAIN
                    && !name.starts_with(DELETE)
                    && !name.starts_with(ORDER)
            });
            kept.map(|(name, value)| (name.clone(), without_directives(value))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crdgen_schema::schema::{ListType, Schema};
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        let items = || Schema {
            list_type: Some(ListType::Map),
            list_map_keys: vec!["n".to_owned()].into(),
            ..Schema::default()
        };
        let mut schema = Schema::default();
        schema.properties.insert("l".to_owned(), items());
        schema.properties.insert("s".to_owned(), Schema { list_type: Some(ListType::Set), ..Schema::default() });
        schema
    }

    fn check(patch: &Value, expected: &Value) {
        let mut value =
            json!({"l": [{"n": "a", "v": 1}, {"n": "b"}], "s": ["x", "y"], "m": [1], "o": {"p": 1, "q": 2}});
        let result = apply(&mut value, patch, Some(Shape::of_object(&schema()))).map_err(|error| error.to_string());
        for (name, expected) in expected.as_object().unwrap() {
            assert_eq!(value[name], *expected, "{patch}");
        }
        assert_eq!(result, Ok(()), "{patch}");
    }

    #[test]
    fn lists_with_keys_are_merged_item_by_item_sets_are_joined_and_others_replaced() {
        check(
            &json!({"l": [{"n": "c"}, {"n": "a", "v": 2}]}),
            &json!({"l": [{"n": "c"}, {"n": "a", "v": 2}, {"n": "b"}]}),
        );
        check(&json!({"s": ["z", "x"], "m": [2]}), &json!({"s": ["z", "x", "y"], "m": [2]}));
    }

    #[test]
    fn directives_delete_replace_retain_and_order() {
        check(&json!({"l": [{"n": "a", "$patch": "delete"}]}), &json!({"l": [{"n": "b"}]}));
        check(&json!({"l": [{"$patch": "replace"}, {"n": "z"}]}), &json!({"l": [{"n": "z"}]}));
        check(&json!({"o": {"$patch": "replace", "r": 3}}), &json!({"o": {"r": 3}}));
        check(&json!({"o": {"$patch": "delete"}}), &json!({"o": {}}));
        check(&json!({"o": {"$retainKeys": ["q", "r"], "r": 3}}), &json!({"o": {"q": 2, "r": 3}}));
        check(&json!({"$deleteFromPrimitiveList/s": ["x"]}), &json!({"s": ["y"]}));
        let order = json!({"l": [{"n": "c"}], "$setElementOrder/l": [{"n": "c"}, {"n": "a"}]});
        check(&order, &json!({"l": [{"n": "c"}, {"n": "a", "v": 1}, {"n": "b"}]}));
        check(&json!({"$setElementOrder/s": ["y", "x"]}), &json!({"s": ["y", "x"]}));
        check(&json!({"new": {"a": null, "$patch": "x", "b": 1}, "m": null}), &json!({"new": {"b": 1}, "m": null}));
    }

    #[test]
    fn directives_that_make_no_sense_are_refused_with_gos_words() {
        let error = |patch: Value| {
            let mut value = json!({"l": [{"n": "a"}], "o": {"p": 1}});
            apply(&mut value, &patch, Some(Shape::of_object(&schema()))).unwrap_err().to_string()
        };
        assert_eq!(error(json!({"$patch": "bogus"})), "unknown patch type: bogus in map: map[$patch:bogus]");
        assert_eq!(error(json!({"l": [{"v": 1}]})), "map: map[v:1] does not contain declared merge key: n");
        assert_eq!(
            error(json!({"l": [{"n": "a"}, true]})),
            "list element types are not identical: [[map[n:a]] [map[n:a] true]]"
        );
        assert_eq!(error(json!({"o": {"$retainKeys": ["p"], "q": 1}})), "invalid patch format of retainKeys");
        assert_eq!(error(json!({"$setElementOrder/l": 1})), "invalid patch format of setElementOrder list");
    }
}
