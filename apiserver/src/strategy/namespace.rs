//! `v1` `Namespace`: in phase `Active` until it is deleted, then `Terminating` until its finalizers have been removed.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/namespace`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::object::{meta, text};
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/Namespace`
#[derive(Debug)]
pub(super) struct Namespace;

impl Strategy for Namespace {
    fn set_defaults(&self, object: &mut Value) {
        let name = text(object, "name").to_owned();
        if !name.is_empty() {
            let mut labels = meta(object, "labels").cloned().unwrap_or_else(|| json!({}));
            labels["kubernetes.io/metadata.name"] = Value::String(name);
            crate::object::set(object, "labels", labels);
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

    fn name_rule(&self) -> NameRule {
        NameRule::DnsLabel
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, _: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            object.metadata(false, NameRule::DnsLabel);
        }
        if subresource != Subresource::Status {
            return;
        }
        let phase = object.get("status").get("phase").shown_as(object.get("status").get("Phase"));
        let is_terminating = object.get("metadata").get("deletionTimestamp").is_set();
        match (phase.text(), is_terminating) {
            ("Terminating", true) | ("Active", false) => {}
            (_, true) => phase.invalid("may only be 'Terminating' if `deletionTimestamp` is not empty"),
            (_, false) => phase.invalid("may only be 'Active' if `deletionTimestamp` is empty"),
        }
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
