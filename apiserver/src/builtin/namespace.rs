//! `v1` `Namespace`: in phase `Active` until it is deleted, then `Terminating` until its finalizers have been removed.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/namespace`.

use crdgen_schema::{field, name};
use serde_json::{Value, json};

use super::{blank, decode};
use crate::object::{meta, text};
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::status::Result;

/// `v1/Namespace`
#[derive(Debug)]
pub(super) struct Namespace;

impl Strategy for Namespace {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = decode(resource, object)?;
        let name = text(object, "name").to_owned();
        if !name.is_empty() {
            let mut labels = meta(object, "labels").cloned().unwrap_or_else(|| json!({}));
            labels["kubernetes.io/metadata.name"] = Value::String(name);
            crate::object::set(object, "labels", labels);
        }
        Ok(findings)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        match subresource {
            Subresource::Status => &["spec"],
            _ => &["status"],
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object["status"] = json!({"phase": "Active"});
        let finalizers = object["spec"]["finalizers"].as_array().cloned().unwrap_or_default();
        if !finalizers.contains(&json!("kubernetes")) {
            let all: Vec<Value> = finalizers.into_iter().chain([json!("kubernetes")]).collect();
            object["spec"] = json!({"finalizers": all});
        }
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        match subresource {
            Subresource::Status => object["spec"] = old["spec"].clone(),
            Subresource::Finalize => object["status"] = old["status"].clone(),
            _ => {
                object["spec"] = old["spec"].clone();
                object["status"] = old["status"].clone();
            }
        }
    }

    fn validate_update(&self, _: &Resource, object: &Value, _: &Value, subresource: Subresource) -> Vec<field::Error> {
        let phase = object["status"]["phase"].as_str().unwrap_or_default();
        let deleted = meta(object, "deletionTimestamp").is_some();
        let allowed = if deleted { "Terminating" } else { "Active" };
        if subresource != Subresource::Status || phase == allowed {
            return Vec::new();
        }
        let why = if deleted {
            "may only be 'Terminating' if `deletionTimestamp` is not empty"
        } else {
            "may only be 'Active' if `deletionTimestamp` is empty"
        };
        vec![field::Error::invalid_text("status.Phase", phase, why)]
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        let given = text(object, "name");
        name::dns_label(given).into_iter().map(|why| field::Error::invalid_text("metadata.name", given, why)).collect()
    }

    fn mark_deleted(&self, object: &mut Value, time: &str) {
        crate::object::set(object, "deletionTimestamp", Value::from(time));
        object["status"]["phase"] = Value::from("Terminating");
    }

    fn has_own_finalizers(&self, object: &Value) -> bool {
        object["spec"]["finalizers"].as_array().is_some_and(|list| !list.is_empty())
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["status.phase"]
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        if name == "name" { "metadata.name" } else { name }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["status"]["phase"].clone(), table::age(object, now)]
    }
}
