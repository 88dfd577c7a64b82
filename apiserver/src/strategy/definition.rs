//! The strategy of custom resource definitions.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition`, `pkg/apis/apiextensions/v1/defaults.go`.

use crdgen_schema::strategy::Operation;
use serde_json::{Value, json};

use crate::check::Field;
use crate::crd::{acceptance, status};
use crate::object;
use crate::resource::strategy::{MetadataCheck, Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::status::Result;

/// `apiextensions.k8s.io/v1/CustomResourceDefinition`
#[derive(Debug)]
pub(crate) struct Definition;

impl Strategy for Definition {
    fn set_defaults(&self, object: &mut Value) {
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
            built_in::raise_generation(object, old);
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        for error in acceptance::errors(object.value(), Operation::Create) {
            object.report(error);
        }
    }

    fn validate_update(&self, _resource: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        let operation = match subresource {
            Subresource::Status => Operation::Status { old: old.value() },
            _ => Operation::Update { old: old.value() },
        };
        for error in acceptance::errors(object.value(), operation) {
            object.report(error);
        }
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

    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::Within
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn cells(&self, object: &Value, _now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["metadata"]["creationTimestamp"].clone()]
    }
}

/// The versions of a CRD.
fn versions(crd: &Value) -> impl Iterator<Item = &Value> {
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
