//! The built-in resources that this server has: `definitions.yaml` describes their fields, and each has a strategy
//! here.

mod config;
mod event;
mod lease;
mod namespace;
mod structure;

use std::sync::{Arc, LazyLock};

use crdgen_schema::definition;
use crdgen_schema::go::{self, Struct};
use serde_json::Value;

use crate::crd;
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy};
use crate::status::{Result, Status};

/// The collection of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";
/// The collection of CRDs.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";

/// All built-in resources.
pub(crate) fn resources() -> Vec<Arc<Resource>> {
    let mut resources: Vec<Arc<Resource>> = Vec::new();
    for (definition, structure) in &*KINDS {
        let stored = resources.iter().find(|other| other.kind == definition.names.kind).cloned();
        resources.extend(resource(definition, structure, stored));
    }
    resources
}

/// The built-in kinds: their definitions, and their Go structs.
static KINDS: LazyLock<Vec<(definition::Definition, &Struct)>> = LazyLock::new(|| {
    let loaded = definition::load("definitions.yaml", include_str!("definitions.yaml"));
    let with_struct = |definition: definition::Definition| {
        let schema = &definition.versions.first()?.schema;
        let structure = structure::of(&definition.names.kind, schema);
        Some((definition, structure))
    };
    loaded.definitions.into_iter().filter_map(with_struct).collect()
});

/// Makes the resource of a definition. `stored` is the resource under which the objects are stored, if this one only
/// serves them in another version or group.
fn resource(
    definition: &definition::Definition,
    structure: &'static Struct,
    stored: Option<Arc<Resource>>,
) -> Option<Arc<Resource>> {
    let (document, version) = (definition.document(), definition.versions.first()?);
    let mut resource = Resource::of(definition, &document, version, strategy(&definition.name));
    if resource.group == "core" {
        resource.group.clear();
    }
    // Both groups of events serve the same stored objects.
    resource.collection = match resource.plural.as_str() {
        "events" => "/events".to_owned(),
        plural => format!("{}/{plural}", resource.group),
    };
    resource.structure = Some(structure);
    resource.storage = stored;
    Some(Arc::new(resource))
}

fn strategy(name: &str) -> &'static dyn Strategy {
    match name {
        "configmaps.core" => &config::ConfigMap,
        "secrets.core" => &config::Secret,
        "serviceaccounts.core" => &config::ServiceAccount,
        "namespaces.core" => &namespace::Namespace,
        "leases.coordination.k8s.io" => &lease::Lease,
        "events.core" => &event::CoreEvent,
        "events.events.k8s.io" => &event::NewEvent,
        _ => &crd::strategy::Definition,
    }
}

/// Decodes an object as Go would decode it into its struct. A value of the wrong type is answered with 400.
pub(crate) fn decode(resource: &Resource, object: &mut Value) -> Result<Findings> {
    let refuse = |why: String| {
        let (version, kind) = (&resource.version, &resource.kind);
        Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
    };
    let (Some(members), Some(structure)) = (object.as_object_mut(), resource.structure) else {
        return Err(refuse(go::cannot_unmarshal(object, &format!("v1.{}", resource.kind))));
    };
    members.insert("apiVersion".to_owned(), Value::from(resource.api_version()));
    members.insert("kind".to_owned(), Value::from(resource.kind.as_str()));
    let mut unknown = go::round_trip(object, structure).map_err(refuse)?;
    unknown.sort();
    Ok(Findings { unknown })
}

/// An empty object of the type, with only the fields that Go writes even when they are empty.
pub(crate) fn blank(resource: &Resource) -> Value {
    let mut object = serde_json::json!({"metadata": {}});
    // Decoding fails on values of the wrong type only, and there are no values yet.
    let _ = decode(resource, &mut object);
    object
}
