//! `storage.k8s.io/v1` `StorageClass` and `VolumeAttributesClass`: kinds of storage that one can ask for.

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `storage.k8s.io/v1/StorageClass`
#[derive(Debug)]
pub(in crate::strategy) struct StorageClass;

/// `storage.k8s.io/v1/VolumeAttributesClass`
#[derive(Debug)]
pub(in crate::strategy) struct VolumeAttributesClass;

/// The annotations of the class of claims that name none.
pub(crate) const DEFAULT_CLASS: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

const MOST_PARAMETERS: i64 = 512;
const LARGEST_PARAMETERS: i64 = 256 * 1024;

impl Strategy for StorageClass {
    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (policy, mode) = (object.get("reclaimPolicy"), object.get("volumeBindingMode"));
        check_driver(object.get("provisioner"));
        check_parameters(object.get("parameters"), true);
        if !policy.text().is_empty() {
            policy.one_of(&["Delete", "Retain"]);
        }
        if mode.is_set() {
            mode.one_of(&["Immediate", "WaitForFirstConsumer"]);
        } else {
            mode.required("");
        }
        check_topologies(object.get("allowedTopologies"));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
        let parameters = object.get("parameters");
        if !parameters.equals(old.get("parameters")) {
            parameters.invalid("field is immutable");
        }
        for part in ["provisioner", "reclaimPolicy", "volumeBindingMode"] {
            object.get(part).immutable(old.get(part));
        }
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let expressions = |term: Field<'_>| {
            let keys = term.get("matchLabelExpressions").items().map(|expression| expression.get("key"));
            keys.filter_map(|key| Some(format!("{}: {}", key.path(), key.deprecated_node_label()?))).collect::<Vec<_>>()
        };
        object.get("allowedTopologies").items().flat_map(expressions).collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let text = |name: &str, otherwise: &str| json!(object[name].as_str().unwrap_or(otherwise));
        let mut name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        if DEFAULT_CLASS.iter().any(|key| object["metadata"]["annotations"][key] == "true") {
            name.push_str(" (default)");
        }
        vec![
            json!(name),
            text("provisioner", ""),
            text("reclaimPolicy", "Delete"),
            text("volumeBindingMode", "Immediate"),
            json!(object["allowVolumeExpansion"] == true),
            table::age(object, now),
        ]
    }
}

impl Strategy for VolumeAttributesClass {
    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check_driver(object.get("driverName"));
        check_parameters(object.get("parameters"), false);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        for part in ["driverName", "parameters"] {
            if !object.get(part).equals(old.get(part)) {
                object.get(part).forbidden(format!("updates to {part} are forbidden."));
            }
        }
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["driverName"].clone(), table::age(object, now)]
    }
}

fn check_driver(driver: Field<'_>) {
    if driver.require_text() {
        let lower = driver.text().to_lowercase();
        driver.invalid_text_for(&lower, name::label_key(&lower));
    }
}

fn check_parameters(parameters: Field<'_>, may_be_empty: bool) {
    if parameters.is_over(MOST_PARAMETERS) {
        return parameters.too_long(MOST_PARAMETERS);
    }
    let mut size = 0;
    for (key, value) in parameters.entries() {
        if key.is_empty() {
            parameters.invalid_as(&json!(""), "field can not be empty.");
        }
        size += key.len() + value.text().len();
    }
    if i64::try_from(size).is_ok_and(|size| size > LARGEST_PARAMETERS) {
        parameters.too_long(LARGEST_PARAMETERS);
    }
    if !may_be_empty && parameters.is_empty() {
        parameters.required("must contain at least one key/value pair");
    }
}

fn check_topologies(topologies: Field<'_>) {
    // Go puts as many empty terms in front as there are terms, so that an empty term is always a duplicate.
    let mut seen: Vec<Vec<(&str, Vec<&str>)>> = topologies.items().map(|_| Vec::new()).collect();
    for term in topologies.items() {
        let expressions = term.get("matchLabelExpressions");
        let mut sets: Vec<(&str, Vec<&str>)> = Vec::new();
        for expression in expressions.items() {
            let (key, values) = (expression.get("key"), expression.get("values"));
            let mut set: Vec<&str> = Vec::new();
            if values.is_empty() {
                values.required("");
            }
            for value in values.items() {
                if set.contains(&value.text()) {
                    value.duplicate();
                } else {
                    set.push(value.text());
                }
            }
            key.qualified_name();
            if sets.iter().any(|(other, _)| *other == key.text()) {
                key.duplicate();
            }
            set.sort_unstable();
            sets.push((key.text(), set));
        }
        sets.sort();
        for _ in seen.iter().filter(|other| **other == sets) {
            expressions.duplicate_text("");
        }
        seen.push(sets);
    }
}
