//! What every write checks, whatever the resource.

use crdgen_schema::{field, go, metadata};
use serde_json::Value;

use crate::check::Check;
use crate::json;
use crate::object::text;
use crate::resource::Resource;
use crate::status::{Details, Result, Status};
use crate::store::weight;

/// The field errors of the metadata.
pub(super) fn metadata_errors(resource: &Resource, object: &Value, rule: metadata::NameRule) -> Vec<field::Error> {
    let path = field::Path::ROOT.child("metadata");
    metadata::validate(&object["metadata"], resource.namespaced, rule, &path).into_iter().collect()
}

/// The field errors of finalizers of built-in kinds; some groups use checks of metadata that have none.
pub(super) fn finalizer_errors(resource: &Resource, object: &Value) -> Vec<field::Error> {
    if !resource.strategy.wants_standard_finalizers() {
        return Vec::new();
    }
    Check::of(object, |object| object.get("metadata").standard_finalizers())
}

/// Refuses an object that has field errors.
pub(super) fn refuse(resource: &Resource, object: &Value, errors: &[field::Error]) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    let name = text(object, "name");
    if resource.custom.is_some() {
        // A patch may have changed the type that a custom resource says it is of.
        let given = |member: &str| object[member].as_str().unwrap_or_default();
        let group = given("apiVersion").split_once('/').map_or("", |(group, _)| group);
        return Err(Status::invalid(Details::kind(group, given("kind"), name), errors));
    }
    Err(Status::invalid(Details::kind(&resource.stored().group, &resource.kind, name), errors))
}

/// Refuses objects above 1.5 MiB, as etcd does.
pub(super) fn check_size(object: &Value) -> Result<()> {
    const LIMIT: usize = 1536 * 1024;
    if weight(object) > LIMIT && json::compact(object).len() > LIMIT {
        return Err(Status::unclassified("etcdserver: request is too large"));
    }
    Ok(())
}

/// The object as kube-apiserver would read it back from storage: metadata without empty fields, floats without a
/// fraction as integers, and no empty lists in built-in kinds.
pub(super) fn normalized(resource: &Resource, mut object: Value) -> Value {
    // The metadata was coerced when the object was read, so nothing can be wrong with it.
    let _ = metadata::coerce(&mut object);
    crdgen_schema::json::whole_numbers(&mut object);
    if let Some(structure) = resource.structure {
        go::forget_empty(&mut object, structure);
    }
    object
}
