//! `x-kubernetes-list-type`: what the items of sets and maps must be.
//!
//! In: a schema as it was posted. Out: field errors.

use std::collections::BTreeSet;

use super::{raw_schema::RawSchema, requirements::SchemaRequirements};
use crate::{
    field::{Error, Errors, Path},
    node::Node,
};

const KEYS: &str = "x-kubernetes-list-map-keys";
const LIST_TYPE: &str = "x-kubernetes-list-type";
const MAP_TYPE: &str = "x-kubernetes-map-type";

/// Checks the list type of one schema.
pub(super) fn check(schema: RawSchema<'_>, required: SchemaRequirements, path: &Path<'_>, errors: &mut Errors) {
    let list_type = schema.get(LIST_TYPE).and_then(Node::as_str);
    if schema.texts(KEYS).next().is_some() && list_type != Some("map") {
        let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        errors.push(match list_type {
            None => Error::required(path.child(LIST_TYPE), detail),
            Some(other) => Error::invalid_text(path.child(LIST_TYPE), other, detail),
        });
    }
    if required.atomic_set_items {
        errors.extend(compound_set_items(schema, path));
    }
    if list_type == Some("map") {
        check_map(schema, path, errors);
    }
    if required.complete_list_keys {
        check_completeness(schema, path, errors);
    }
}

/// Whether the schema is a set of lists or objects that are not replaced as a whole.
pub(super) fn has_compound_set_items(schema: RawSchema<'_>) -> bool {
    compound_set_items(schema, &Path::ROOT).is_some()
}

/// Whether items or keys of the schema's list may have no value.
pub(super) fn has_incomplete_keys(schema: RawSchema<'_>) -> bool {
    let mut errors = Errors::default();
    check_completeness(schema, &Path::ROOT, &mut errors);
    !errors.is_empty()
}

/// An item of a set is replaced as a whole.
fn compound_set_items(schema: RawSchema<'_>, path: &Path<'_>) -> Option<Error> {
    let items = schema.items().filter(|_| schema.text(LIST_TYPE) == "set" && schema.text("type") == "array")?;
    let path = path.child("items");
    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
    let list_type = &items.node[LIST_TYPE];
    match items.text("type") {
        "array" if !matches!(list_type.as_str(), None | Some("atomic")) => {
            Some(Error::invalid(path.child(LIST_TYPE), &list_type.to_value(), detail))
        }
        "object" if items.text(MAP_TYPE) != "atomic" => {
            Some(Error::invalid(path.child(MAP_TYPE), &list_type.to_value(), detail))
        }
        _ => None,
    }
}

/// The items of sets and maps are not null, and the keys of maps always have a value.
fn check_completeness(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    let list_type = schema.text(LIST_TYPE);
    let (Some(items), "set" | "map") = (schema.items(), list_type) else { return };
    let items_path = path.child("items");
    if items.flag("nullable") {
        let detail = format!("cannot be nullable when {LIST_TYPE} is {list_type}");
        errors.push(Error::forbidden(items_path.child("nullable"), detail));
    }
    if list_type == "map" {
        check_key_properties(schema, items, &items_path, errors);
    }
}

fn check_map(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    if schema.texts(KEYS).next().is_none() {
        errors.push(Error::required(path.child(KEYS), "must not be empty if x-kubernetes-list-type is map"));
    }
    let items_path = path.child("items");
    let items = match schema.get("items") {
        None => {
            let detail = "must have a schema if x-kubernetes-list-type is map";
            errors.push(Error::required(items_path, detail));
            return;
        }
        Some(items) if !items.is_mapping() => {
            let detail = "must only have a single schema if x-kubernetes-list-type is map";
            errors.push(Error::invalid(items_path, &items.to_value(), detail));
            return;
        }
        Some(items) => RawSchema::new(items),
    };
    let kind = items.text("type");
    if kind != "object" {
        let detail = "must be object if parent array's x-kubernetes-list-type is map";
        errors.push(Error::invalid_text(items_path.child("type"), kind, detail));
        return;
    }
    let keys = || schema.node[KEYS].to_value();
    let mut seen = BTreeSet::new();
    for key in schema.texts(KEYS) {
        match items.property(key).map(|property| property.text("type")) {
            None => {
                errors.push(Error::invalid(path.child(KEYS), &keys(), "entries must all be names of item properties"));
            }
            Some("array" | "object") => {
                let properties = items_path.child("properties");
                let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
                errors.push(Error::invalid_text(properties.key(key).child("type"), kind, detail));
            }
            Some(_) => {}
        }
        if !seen.insert(key) {
            errors.push(Error::invalid(path.child(KEYS), &keys(), "must not contain duplicate entries"));
        }
    }
}

/// A key must always have a value: it is required or has a default, and is not nullable.
fn check_key_properties(schema: RawSchema<'_>, items: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    let properties = path.child("properties");
    let required: BTreeSet<&str> = items.texts("required").collect();
    for key in schema.texts(KEYS) {
        let Some(property) = items.property(key) else { continue };
        let path = properties.key(key);
        if property.get("default").is_none() && !required.contains(key) {
            let detail =
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
            errors.push(Error::required(path.child("default"), detail));
        }
        if property.flag("nullable") {
            let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
            errors.push(Error::forbidden(path.child("nullable"), detail));
        }
    }
}
