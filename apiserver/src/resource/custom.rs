//! The strategy of custom resources: everything follows the schema of the version.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource`.

use crdgen_schema::strategy::Operation;
use crdgen_schema::{field, metadata, pruning};
use serde_json::{Map, Value};

use super::Resource;
use super::strategy::{Findings, Strategy, Subresource};
use crate::object::{self, meta};
use crate::status::{Result, Status};

/// The one strategy of all custom resources.
#[derive(Debug)]
pub(crate) struct CustomResource;

impl Strategy for CustomResource {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let Some(rules) = &resource.rules else { return Ok(Findings::default()) };
        let unknown = rules.decode(object).map_err(|error| {
            let (version, kind) = (&resource.version, &resource.kind);
            Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {error}"))
        })?;
        Ok(Findings { unknown })
    }

    fn complete(&self, resource: &Resource, object: &mut Value) -> Result<()> {
        let Some(rules) = &resource.rules else { return Ok(()) };
        rules.apply_defaults(object);
        // Validation looks at nulls, so they stay.
        pruning::prune(object, rules.schema());
        // What is wrong with the metadata of an object within is found by validation.
        let _ = metadata::coerce_embedded(object, rules.schema());
        Ok(())
    }

    fn ignored(&self, resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        match subresource {
            Subresource::Status => &["metadata", "spec"],
            _ if resource.status => &["status"],
            _ => &[],
        }
    }

    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        if let Some(rules) = &resource.rules {
            rules.prepare(object, Operation::Create);
        }
        object::set(object, "generation", Value::from(1));
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        let Some(rules) = &resource.rules else { return };
        if subresource == Subresource::Status {
            let (managed, version) = (meta(object, "managedFields").cloned(), meta(object, "resourceVersion").cloned());
            rules.prepare(object, Operation::Status { old });
            object::set(object, "managedFields", managed.unwrap_or(Value::Null));
            object::set(object, "resourceVersion", version.unwrap_or(Value::Null));
            return;
        }
        rules.prepare(object, Operation::Update { old });
        if without_metadata(object) != without_metadata(old) {
            let generation = meta(old, "generation").and_then(Value::as_i64).unwrap_or(0);
            object::set(object, "generation", Value::from(generation + 1));
        }
    }

    fn checks_metadata(&self) -> bool {
        true
    }

    fn validate(&self, resource: &Resource, object: &Value) -> Vec<field::Error> {
        resource.rules.iter().flat_map(|rules| rules.check(object, Operation::Create)).collect()
    }

    fn validate_update(
        &self,
        resource: &Resource,
        object: &Value,
        old: &Value,
        subresource: Subresource,
    ) -> Vec<field::Error> {
        let Some(rules) = &resource.rules else { return Vec::new() };
        let operation = match subresource {
            Subresource::Status => Operation::Status { old },
            _ => Operation::Update { old },
        };
        rules.check(object, operation).into_iter().collect()
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn to_stored(&self, resource: &Resource, object: Value) -> Value {
        match &resource.storage {
            Some(storage) => converted(storage, object),
            None => object,
        }
    }

    fn read_stored(&self, resource: &Resource, mut object: Value) -> Value {
        let written = object["apiVersion"].as_str().and_then(|text| text.split_once('/')).map(|(_, version)| version);
        let written = written.unwrap_or_default().to_owned();
        if let Some(rules) = resource.versions.get(&written) {
            // The object may have been stored under an older schema, so it is pruned and gets its defaults again.
            let _ = rules.decode(&mut object);
        }
        if written == resource.version { object } else { converted(resource, object) }
    }
}

/// Converts an object to another version: with the strategy `None` only `apiVersion` changes. Then it is pruned by that
/// version's schema.
fn converted(to: &Resource, mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert("apiVersion".to_owned(), Value::from(to.api_version()));
    }
    if let Some(rules) = &to.rules {
        // A stored object was read before, so nothing about it can be refused.
        let _ = rules.prune(&mut object);
    }
    object
}

fn without_metadata(object: &Value) -> Map<String, Value> {
    let members = object.as_object().into_iter().flatten().filter(|(name, _)| *name != "metadata");
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}
