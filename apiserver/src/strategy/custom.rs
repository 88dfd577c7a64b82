//! Custom resources: what a definition defines, and their one strategy, in which everything follows the schema of the version.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crdgen_schema::definition::{Definition, Version};
use crdgen_schema::strategy::{Operation, Strategy as Rules};
use crdgen_schema::{metadata, pruning};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::check::Field;
use crate::object::{self, meta};
use crate::resource::strategy::{Findings, MetadataCheck, Strategy, Subresource};
use crate::resource::{Custom, Resource, built_in, versions};
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

    fn blank(&self, resource: &Resource) -> Value {
        json!({"apiVersion": resource.api_version(), "kind": resource.kind})
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
            built_in::raise_generation(object, old);
        }
    }

    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::Within
    }

    fn validate(&self, resource: &Resource, object: Field<'_>) {
        if let Some(rules) = &resource.rules {
            rules.check(object.value(), Operation::Create).into_iter().for_each(|error| object.report(error));
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        let Some(rules) = &resource.rules else { return };
        let operation = match subresource {
            Subresource::Status => Operation::Status { old: old.value() },
            _ => Operation::Update { old: old.value() },
        };
        rules.check(object.value(), operation).into_iter().for_each(|error| object.report(error));
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

/// The served versions of a stored CRD. Objects stored at or before the revision `since` were written under another
/// schema. Cancelling `gone` ends all watches of these resources.
pub(crate) fn resources(object: &Value, since: u64, gone: &CancellationToken) -> Vec<Arc<Resource>> {
    let Ok(definition) = Definition::from_value(object) else { return Vec::new() };
    let terminating = meta(object, "deletionTimestamp").is_some();
    let rules = |name: &str| Some((name.to_owned(), Arc::new(Rules::new(&definition, name)?)));
    let rules: BTreeMap<_, _> = definition.versions.iter().filter_map(|version| rules(&version.name)).collect();
    let rules = Arc::new(rules);
    let make = |version: &Version| {
        let mut resource = Resource::of(&definition, object, version, &CustomResource);
        resource.deprecation = deprecation(&definition, version);
        resource.since = since;
        resource.gone = gone.clone();
        resource.rules = rules.get(&version.name).cloned();
        resource.versions = rules.clone();
        resource.custom = Some(Custom { definition: definition.name.clone(), terminating });
        resource
    };
    let Some(stored) = definition.versions.iter().find(|version| version.storage) else { return Vec::new() };
    let storage = Arc::new(make(stored));
    let served = definition.versions.iter().filter(|version| version.served);
    served
        .map(|version| {
            if version.storage {
                return storage.clone();
            }
            Arc::new(Resource { storage: Some(storage.clone()), ..make(version) })
        })
        .collect()
}

/// The warning for requests to a deprecated version: the CRD's own text, or one that names the version to use instead.
fn deprecation(definition: &Definition, version: &Version) -> Option<String> {
    if !version.deprecated {
        return None;
    }
    if let Some(warning) = &version.deprecation_warning {
        return Some(warning.clone());
    }
    let (group, kind) = (&definition.group, &definition.names.kind);
    let deprecated = format!("{group}/{} {kind} is deprecated", version.name);
    let mut newer: Vec<&str> = definition
        .versions
        .iter()
        .filter(|other| other.served && !other.deprecated)
        .map(|other| other.name.as_str())
        .collect();
    newer.sort_by(|a, b| versions::compare(a, b));
    let better = newer.first().filter(|name| versions::compare(name, &version.name).is_lt());
    Some(match better {
        Some(name) => format!("{deprecated}; use {group}/{name} {kind}"),
        None => deprecated,
    })
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
