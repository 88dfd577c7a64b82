//! `ConfigMap`, `Secret` and `ServiceAccount`: small objects that hold data. The first two can be made immutable.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/core/validation`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crdgen_schema::field;
use serde_json::{Map, Value, json};

use super::{blank, decode};
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::status::Result;

/// The largest total size of one object's data, in bytes.
const SIZE_LIMIT: usize = 1024 * 1024;

/// `v1/ConfigMap`
#[derive(Debug)]
pub(super) struct ConfigMap;

/// `v1/Secret`
#[derive(Debug)]
pub(super) struct Secret;

/// `v1/ServiceAccount`. This server issues no tokens.
#[derive(Debug)]
pub(super) struct ServiceAccount;

impl Strategy for ConfigMap {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        decode(resource, object)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        let mut errors = Vec::new();
        let mut size = 0;
        for part in ["data", "binaryData"] {
            for (key, value) in members(object, part) {
                errors.extend(key_errors(part, key));
                if part == "data" && members(object, "binaryData").any(|(other, _)| other == key) {
                    let why = "duplicate of key present in data";
                    errors.push(field::Error::invalid_text(format!("binaryData[{key}]"), key, why));
                }
                size += bytes(value, part == "binaryData");
            }
        }
        errors.extend(size_error(size, "[]"));
        errors
    }

    fn validate_update(&self, resource: &Resource, object: &Value, old: &Value, _: Subresource) -> Vec<field::Error> {
        let mut errors = sealed_errors(object, old, &["data", "binaryData"]);
        errors.extend(self.validate(resource, object));
        errors
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = members(object, "data").chain(members(object, "binaryData")).count();
        vec![object["metadata"]["name"].clone(), json!(count), table::age(object, now)]
    }
}

impl Strategy for Secret {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = decode(resource, object)?;
        merge_string_data(object);
        if let Some(members) = object.as_object_mut() {
            members.entry("type").or_insert_with(|| Value::from("Opaque"));
        }
        Ok(findings)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        let mut errors: Vec<field::Error> =
            members(object, "data").flat_map(|(key, _)| key_errors("data", key)).collect();
        errors.extend(size_error(members(object, "data").map(|(_, value)| bytes(value, true)).sum(), "data"));
        errors
    }

    fn validate_update(&self, resource: &Resource, object: &Value, old: &Value, _: Subresource) -> Vec<field::Error> {
        let mut errors = Vec::new();
        if object["type"] != old["type"] {
            errors.push(field::Error::invalid("type", &object["type"], "field is immutable"));
        }
        errors.extend(sealed_errors(object, old, &["data"]));
        errors.extend(self.validate(resource, object));
        errors
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["type"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = members(object, "data").count();
        vec![object["metadata"]["name"].clone(), object["type"].clone(), json!(count), table::age(object, now)]
    }
}

impl Strategy for ServiceAccount {
    fn returns_deleted_object(&self) -> bool {
        true
    }

    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        decode(resource, object)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), table::age(object, now)]
    }
}

fn members<'a>(object: &'a Value, part: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    object.get(part).and_then(Value::as_object).into_iter().flatten()
}

/// Moves `stringData` into `data`, in base64. It wins over an entry of `data` with the same key.
fn merge_string_data(object: &mut Value) {
    let Some(members) = object.as_object_mut() else { return };
    let Some(Value::Object(plain)) = members.remove("stringData") else { return };
    let data = members.entry("data").or_insert_with(|| Value::Object(Map::new()));
    for (key, value) in plain {
        let encoded = STANDARD.encode(value.as_str().unwrap_or_default());
        if let Some(data) = data.as_object_mut() {
            data.insert(key, Value::String(encoded));
        }
    }
}

/// `IsConfigMapKey`
fn key_errors(part: &str, key: &str) -> Vec<field::Error> {
    let path = format!("{part}[{key}]");
    let invalid = |why: String| field::Error::invalid_text(&path, key, why);
    let mut errors = Vec::new();
    if key.len() > 253 {
        errors.push(invalid("must be no more than 253 characters".to_owned()));
    }
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        let why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  \
                   or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
        errors.push(invalid(why.to_owned()));
    }
    if key == "." || key == ".." {
        errors.push(invalid(format!("must not be '{key}'")));
    } else if key.starts_with("..") {
        errors.push(invalid("must not start with '..'".to_owned()));
    }
    errors
}

fn bytes(value: &Value, encoded: bool) -> usize {
    let text = value.as_str().unwrap_or_default();
    if encoded { STANDARD.decode(text).map_or(0, |data| data.len()) } else { text.len() }
}

fn size_error(size: usize, path: &str) -> Option<field::Error> {
    let limit = i64::try_from(SIZE_LIMIT).unwrap_or(i64::MAX);
    (size > SIZE_LIMIT).then(|| field::Error::too_long(path, limit))
}

fn sealed_errors(object: &Value, old: &Value, parts: &[&str]) -> Vec<field::Error> {
    let why = "field is immutable when `immutable` is set";
    if old["immutable"] != true {
        return Vec::new();
    }
    let mut errors = Vec::new();
    if object["immutable"] != true {
        errors.push(field::Error::forbidden("immutable", why));
    }
    let changed = parts.iter().filter(|part| object[**part] != old[**part]);
    errors.extend(changed.map(|part| field::Error::forbidden(part, why)));
    errors
}
