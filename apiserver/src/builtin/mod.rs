//! The built-in resources that this server has: `kind::table` says what they are, and each has a strategy here.

mod config;
mod event;
mod lease;
mod namespace;

use std::sync::Arc;

use crdgen_schema::go;
use serde_json::Value;

use crate::crd;
use crate::kind::table;
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy};
use crate::status::{Result, Status};

/// The collection of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";
/// The collection of CRDs.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
/// The collection of events, whichever group they are written in.
const EVENTS: &str = "/events";

/// All built-in resources. What is in the table and has no strategy is not served.
pub(crate) fn resources() -> Vec<Arc<Resource>> {
    let mut resources: Vec<Arc<Resource>> = Vec::new();
    for served in table::resources() {
        let version = served.group_version();
        let strategy = strategy(&version, served.plural);
        let (Some(strategy), Some(structure)) = (strategy, table::structure(&version, served.kind)) else { continue };
        let mut resource = Resource::built_in(served, structure, strategy);
        if served.kind == "Event" {
            resource.collection = EVENTS.to_owned();
            resource.storage = resources.iter().find(|other| other.collection == EVENTS).cloned();
        }
        resources.push(Arc::new(resource));
    }
    resources
}

fn strategy(group_version: &str, plural: &str) -> Option<&'static dyn Strategy> {
    Some(match (group_version, plural) {
        ("v1", "configmaps") => &config::ConfigMap,
        ("v1", "secrets") => &config::Secret,
        ("v1", "serviceaccounts") => &config::ServiceAccount,
        ("v1", "namespaces") => &namespace::Namespace,
        ("v1", "events") => &event::CoreEvent,
        ("events.k8s.io/v1", "events") => &event::NewEvent,
        ("coordination.k8s.io/v1", "leases") => &lease::Lease,
        ("apiextensions.k8s.io/v1", "customresourcedefinitions") => &crd::strategy::Definition,
        _ => return None,
    })
}

/// Decodes an object as Go would decode it into its struct. A value of the wrong type is answered with 400.
pub(crate) fn decode(resource: &Resource, object: &mut Value) -> Result<Findings> {
    let refuse = |why: String| {
        let (version, kind) = (&resource.version, &resource.kind);
        Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
    };
    let Some(structure) = resource.structure else { return Err(refuse("the kind has no struct".to_owned())) };
    let Some(members) = object.as_object_mut() else {
        return Err(refuse(go::cannot_unmarshal(object, &structure.go_name())));
    };
    members.insert("apiVersion".to_owned(), Value::from(resource.api_version()));
    members.insert("kind".to_owned(), Value::from(resource.kind.as_str()));
    let unknown = go::round_trip(object, structure).map_err(refuse)?;
    Ok(Findings { unknown })
}

/// An empty object of the type, with only the fields that Go writes even when they are empty.
pub(crate) fn blank(resource: &Resource) -> Value {
    let mut object = serde_json::json!({"metadata": {}});
    // Decoding fails on values of the wrong type only, and there are no values yet.
    let _ = decode(resource, &mut object);
    object
}
