//! `admissionregistration.k8s.io/v1`: webhooks and policies that judge requests. Here they are only stored: no webhook is called, no
//! policy is evaluated, and of expressions only the syntax is checked.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/admissionregistration/validation`, `pkg/registry/admissionregistration`.

mod binding;
mod policy;
mod rule;
mod webhook;

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

pub(super) use binding::Binding;
pub(super) use policy::Policy;

/// `ValidatingWebhookConfiguration` and `MutatingWebhookConfiguration`
#[derive(Debug)]
pub(super) struct Webhooks;

/// What a binding does not name.
const UNSET: &str = "<unset>";

impl Strategy for Webhooks {
    fn counted(&self) -> &'static [&'static str] {
        &["/webhooks"]
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        webhook::check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.plain_metadata(false, NameRule::DnsSubdomain);
        webhook::check(object, Some(old));
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = object["webhooks"].as_array().map_or(0, Vec::len);
        vec![object["metadata"]["name"].clone(), json!(count), table::age(object, now)]
    }
}
