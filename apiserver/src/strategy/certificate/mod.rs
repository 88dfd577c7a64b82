//! `certificates.k8s.io/v1` `CertificateSigningRequest`: somebody asks for a certificate, somebody else approves, and a third one
//! signs.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/certificates/validation`, `pkg/registry/certificates/certificates`.

mod condition;
pub(crate) mod request;
mod validation;

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::built_in::keep;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;
use crate::user::User;

/// The collection of signing requests.
pub(crate) const REQUESTS: &str = "certificates.k8s.io/certificatesigningrequests";

/// `certificates.k8s.io/v1/CertificateSigningRequest`
#[derive(Debug)]
pub(super) struct SigningRequest;

impl Strategy for SigningRequest {
    fn ignored(&self, _resource: &Resource, _subresource: Subresource) -> &'static [&'static str] {
        // Who may write which part of the status is checked, and is not the business of whoever owns its fields.
        &["spec"]
    }

    fn identify(&self, object: &mut Value, user: &User) {
        let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
        for name in ["username", "uid", "groups", "extra"] {
            spec.remove(name);
        }
        let info = user.info();
        for (name, value) in info.as_object().into_iter().flatten() {
            spec.insert(name.clone(), value.clone());
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object["status"] = json!({});
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        keep(object, old, "spec");
        match subresource {
            Subresource::Main => keep(object, old, "status"),
            Subresource::Approval => {
                let conditions = object["status"]["conditions"].clone();
                keep(object, old, "status");
                if conditions.is_null() {
                    if let Some(status) = object["status"].as_object_mut() {
                        status.remove("conditions");
                    }
                } else {
                    object["status"]["conditions"] = conditions;
                }
            }
            _ => {
                condition::keep(object, old, "Approved");
                condition::keep(object, old, "Denied");
            }
        }
    }

    fn stamp(&self, object: &mut Value, old: &Value, subresource: Subresource, time: &str) {
        if subresource != Subresource::Main {
            condition::stamp(object, old, time);
        }
    }

    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        validation::check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        object.metadata(false, NameRule::PathSegment);
        validation::check(object, Some(old));
        validation::check_change(object, old, subresource);
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["spec.signerName"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let duration = spec["expirationSeconds"].as_i64().map_or("<none>".to_owned(), table::human_duration);
        vec![
            object["metadata"]["name"].clone(),
            table::age(object, now),
            json!(spec["signerName"].as_str().unwrap_or("<none>")),
            json!(spec["username"].as_str().unwrap_or_default()),
            json!(duration),
            json!(condition::summary(&object["status"])),
        ]
    }
}
