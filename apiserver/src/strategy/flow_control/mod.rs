//! `flowcontrol.apiserver.k8s.io`: which requests have to wait for which. This server keeps the objects, and lets no request wait.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/flowcontrol/validation`, `pkg/registry/flowcontrol`.

pub(crate) mod bootstrap;
mod level;
mod schema;

pub(super) use level::PriorityLevel;
pub(super) use schema::FlowSchema;

use crdgen_schema::metadata::NameRule;
use serde_json::Value;

use crate::check::Field;
use crate::object;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};

/// What an update of either kind keeps.
fn prepare_for_update(resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
    built_in::prepare_for_update(&["/spec"], resource, object, old, subresource);
    if subresource == Subresource::Status {
        let managed = object::meta(object, "managedFields").cloned().unwrap_or_default();
        let version = object::meta(object, "resourceVersion").cloned().unwrap_or_default();
        object["metadata"] = old["metadata"].clone();
        object::set(object, "managedFields", managed);
        object::set(object, "resourceVersion", version);
    }
}

/// Checks an update of either kind.
fn validate_update(strategy: &impl Strategy, resource: &Resource, object: Field<'_>, subresource: Subresource) {
    if subresource == Subresource::Main {
        object.metadata(false, NameRule::DnsSubdomain);
        strategy.validate(resource, object);
    } else {
        check_conditions(object.get("status"));
    }
}

fn check_conditions(status: Field<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for kind in status.get("conditions").items().map(|condition| condition.get("type")) {
        if seen.contains(&kind.text()) {
            kind.duplicate_text(kind.text());
        }
        seen.push(kind.text());
        kind.require_text();
    }
}

/// A member of an object as it is: what clients cannot change of the objects that every cluster has.
fn differs_from_mandatory(kind: &str, object: Field<'_>) -> bool {
    let name = object.get("metadata").get("name").text();
    bootstrap::mandatory(kind, name).is_some_and(|spec| spec != *object.get("spec").value())
}
