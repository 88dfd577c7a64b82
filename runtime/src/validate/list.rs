//! Validation of an array as a whole: its length, and what may not be in it twice.
//!
//! In: items and rules. Out: field errors. Items of sets, and the keys of list-maps, are compared as kube-apiserver compares
//! them: 1 and 1.0 are different items, but equal inside of objects and arrays.

use std::collections::BTreeMap;

use crdgen_schema::{
    constraint,
    field::{Error, ErrorType, Errors, Path},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rule::Rule;

/// Checks an array, but not its items.
pub(super) fn list<T: Serialize>(items: &[T], rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    for rule in rules {
        let violation = match *rule {
            Rule::MinItems(limit) => constraint::min_items(items.len(), limit),
            Rule::MaxItems(limit) => constraint::max_items(items.len(), limit),
            Rule::Unique => {
                repeated(items, path, errors, |item| item);
                None
            }
            Rule::ListMap(names) => {
                repeated(items, path, errors, |item| key(&item, names));
                None
            }
            _ => None,
        };
        errors.extend(violation.map(|violation| violation.at(path)));
    }
}

/// Reports the second occurrence of what `identity` takes of an item; later ones are not reported again.
fn repeated<T: Serialize>(items: &[T], path: &Path<'_>, errors: &mut Errors, identity: impl Fn(Value) -> Value) {
    let mut occurrences: BTreeMap<String, usize> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let item = match serde_json::to_value(item) {
            Ok(item) => identity(item),
            Err(error) => {
                errors.push(Error::new(ErrorType::Internal, path.index(index), "", error.to_string()));
                continue;
            }
        };
        let count = occurrences.entry(compared(&item)).or_default();
        *count += 1;
        if *count == 2 {
            errors.push(Error::duplicate(path.index(index), &item));
        }
    }
}

/// The keys of a list-map's item. One that is missing is a key as well.
fn key(item: &Value, names: &[&str]) -> Value {
    let keys = names.iter().filter_map(|name| Some(((*name).to_owned(), item.get(name)?.clone())));
    Value::Object(keys.collect::<Map<String, Value>>())
}

/// A text that is the same for equal items.
fn compared(item: &Value) -> String {
    match item {
        // Negative zero is zero.
        Value::Number(number) if number.as_f64() == Some(0.0) && number.is_f64() => "0.0".to_owned(),
        Value::Object(_) | Value::Array(_) => floats(item).to_string(),
        scalar => scalar.to_string(),
    }
}

/// The value with all numbers as floats. Items were read or are Rust values: neither nests without bound.
fn floats(value: &Value) -> Value {
    match value {
        // Adding zero makes a zero of a negative zero.
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), |number| (number + 0.0).into()),
        Value::Array(items) => items.iter().map(floats).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), floats(value))).collect(),
        scalar => scalar.clone(),
    }
}
