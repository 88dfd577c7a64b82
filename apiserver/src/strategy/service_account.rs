//! `v1` `ServiceAccount`.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/serviceaccount`.

use serde_json::Value;

use crate::resource::strategy::Strategy;
use crate::response::table;

/// `v1/ServiceAccount`
#[derive(Debug)]
pub(super) struct ServiceAccount;

impl Strategy for ServiceAccount {
    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), table::age(object, now)]
    }
}
