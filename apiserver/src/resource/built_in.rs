//! What is the same for all built-in kinds: their objects are decoded by their Go struct, and writes of one part keep the others.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers`, `pkg/registry/*/strategy.go` of Kubernetes.

use std::collections::BTreeSet;

use crdgen_schema::go;
use serde_json::{Value, json};

use super::Resource;
use super::strategy::{Findings, Subresource};
use crate::object::{self, meta};
use crate::status::{Result, Status};

/// Decodes an object as Go would decode it into its struct, with the defaults that depend on nothing. A value of the wrong type is
/// answered with 400.
pub(crate) fn decode(resource: &Resource, object: &mut Value) -> Result<Findings> {
    let unknown = read(resource, object)?;
    if let Some(structure) = resource.structure {
        go::set_defaults(object, structure);
    }
    Ok(Findings { unknown })
}

fn read(resource: &Resource, object: &mut Value) -> Result<Vec<String>> {
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
    go::round_trip(object, structure).map_err(refuse)
}

/// An empty object of the type, with only the fields that Go writes even when they are empty.
pub(crate) fn blank(resource: &Resource) -> Value {
    let mut object = json!({"metadata": {}});
    // Decoding fails on values of the wrong type only, and there are no values yet.
    let _ = read(resource, &mut object);
    object
}

/// The status of an object that has just been created: the empty one, with its defaults.
pub(crate) fn clear_status(resource: &Resource, object: &mut Value) {
    let Some(members) = object.as_object_mut() else { return };
    match blank(resource).get_mut("status") {
        Some(status) => members.insert("status".to_owned(), status.take()),
        None => members.remove("status"),
    };
    if let Some(structure) = resource.structure {
        go::set_defaults(object, structure);
    }
}

/// What a new object gets whatever its client says. `counted`: see [`Strategy::counted`](super::strategy::Strategy::counted).
pub(crate) fn prepare_for_create(counted: &[&str], resource: &Resource, object: &mut Value) {
    if resource.status {
        clear_status(resource, object);
    }
    if !counted.is_empty() {
        object::set(object, "generation", Value::from(1));
    }
}

/// What an update keeps of the stored object: a write of the main resource or its scale the status, any other write all but the status.
pub(crate) fn prepare_for_update(
    counted: &[&str],
    resource: &Resource,
    object: &mut Value,
    old: &Value,
    subresource: Subresource,
) {
    if subresource.writes_spec() {
        if resource.status {
            keep(object, old, "status");
        }
        if counted.iter().any(|pointer| object.pointer(pointer) != old.pointer(pointer)) {
            raise_generation(object, old);
        }
        return;
    }
    let members = [&*object, old].map(|object| object.as_object().into_iter().flatten());
    let names: BTreeSet<String> = members.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    for name in names.iter().filter(|name| !["metadata", "status"].contains(&name.as_str())) {
        keep(object, old, name);
    }
}

/// Gives a member the value that it has in the stored object.
pub(crate) fn keep(object: &mut Value, old: &Value, name: &str) {
    let Some(members) = object.as_object_mut() else { return };
    match old.get(name) {
        Some(value) => members.insert(name.to_owned(), value.clone()),
        None => members.remove(name),
    };
}

/// Counts a change.
pub(crate) fn raise_generation(object: &mut Value, old: &Value) {
    let generation = meta(old, "generation").and_then(Value::as_i64).unwrap_or(0);
    object::set(object, "generation", Value::from(generation + 1));
}
