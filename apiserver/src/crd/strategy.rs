//! The strategy of custom resource definitions.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition`, `pkg/apis/apiextensions/v1/defaults.go`.

use crdgen_schema::field;
use crdgen_schema::strategy::Operation;
use serde_json::{Value, json};

use super::{acceptance, status};
use crate::builtin;
use crate::object::{self, meta};
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::status::Result;

/// `apiextensions.k8s.io/v1/CustomResourceDefinition`
#[derive(Debug)]
pub(crate) struct Definition;

impl Strategy for Definition {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = builtin::decode(resource, object)?;
        default_names(&mut object["spec"]["names"]);
        for version in object["spec"]["versions"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut)
        {
            for flag in ["served", "storage"] {
                version.entry(flag).or_insert(Value::Bool(false));
            }
        }
        if object["spec"]["conversion"].is_null() {
            object["spec"]["conversion"] = json!({"strategy": "None"});
        }
        Ok(findings)
    }

    fn blank(&self, resource: &Resource) -> Value {
        builtin::blank(resource)
    }

    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        match subresource {
            Subresource::Status => &["metadata", "spec"],
            _ => &["status"],
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        let stored: Vec<&Value> =
            versions(object).filter(|version| version["storage"] == true).map(|version| &version["name"]).collect();
        let stored = if stored.is_empty() { Value::Null } else { json!(stored[..1]) };
        object["status"] =
            json!({"conditions": null, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored});
        object::set(object, "generation", Value::from(1));
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        if subresource == Subresource::Status {
            let mut updated = old.clone();
            updated["status"] = object["status"].clone();
            for name in ["managedFields", "resourceVersion"] {
                object::copy(&mut updated, name, object);
            }
            *object = updated;
            return;
        }
        object["status"] = old["status"].clone();
        let stored = versions(object).find(|version| version["storage"] == true).map(|version| version["name"].clone());
        if let (Some(stored), Some(known)) = (stored, object["status"]["storedVersions"].as_array_mut())
            && !known.contains(&stored)
        {
            known.push(stored);
        }
        if object["spec"] != old["spec"] {
            let generation = meta(old, "generation").and_then(Value::as_i64).unwrap_or(0);
            object::set(object, "generation", Value::from(generation + 1));
        }
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        acceptance::errors(object, Operation::Create)
    }

    fn validate_update(
        &self,
        _resource: &Resource,
        object: &Value,
        old: &Value,
        subresource: Subresource,
    ) -> Vec<field::Error> {
        let operation = match subresource {
            Subresource::Status => Operation::Status { old },
            _ => Operation::Update { old },
        };
        acceptance::errors(object, operation)
    }

    fn check_served(&self, object: &Value) -> Result<()> {
        acceptance::check_served(object)
    }

    fn mark_deleted(&self, object: &mut Value, time: &str) {
        status::mark_terminating(object, &Value::from(time));
    }

    fn is_garbage_collected(&self) -> bool {
        false
    }

    fn checks_metadata(&self) -> bool {
        true
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn cells(&self, object: &Value, _now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["metadata"]["creationTimestamp"].clone()]
    }
}

/// The versions of a CRD.
pub(super) fn versions(crd: &Value) -> impl Iterator<Item = &Value> {
    crd["spec"]["versions"].as_array().into_iter().flatten()
}

fn default_names(names: &mut Value) {
    let kind = names["kind"].as_str().unwrap_or_default().to_owned();
    if kind.is_empty() {
        return;
    }
    if names["singular"].is_null() {
        names["singular"] = Value::from(kind.to_lowercase());
    }
    if names["listKind"].is_null() {
        names["listKind"] = Value::from(format!("{kind}List"));
    }
}
