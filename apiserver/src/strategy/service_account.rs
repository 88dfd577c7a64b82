//! `v1` `ServiceAccount`.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/serviceaccount`.

use crdgen_schema::metadata::NameRule;
use serde_json::Value;

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/ServiceAccount`
#[derive(Debug)]
pub(super) struct ServiceAccount;

impl Strategy for ServiceAccount {
    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        keep_names(object);
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, _old: &Value, _: Subresource) {
        keep_names(object);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, _: Field<'_>, _: Subresource) {
        object.metadata(true, NameRule::DnsSubdomain);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), table::age(object, now)]
    }
}

/// Of the secrets that an account refers to only the names count (`cleanSecretReferences`).
fn keep_names(object: &mut Value) {
    for secret in object.get_mut("secrets").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = secret.as_object_mut() {
            members.retain(|name, _| name == "name");
        }
    }
}
