//! Custom resource definitions as API objects: their strategy, their status, and the resources they define.
//!
//! In: CRD objects. Out: [`Resource`]s to serve. Source: `k8s.io/apiextensions-apiserver`.

pub(crate) mod acceptance;
pub(crate) mod names;
pub(crate) mod status;
pub(crate) mod strategy;

use std::collections::BTreeMap;
use std::sync::Arc;

use crdgen_schema::definition::{Definition, Version};
use crdgen_schema::strategy::Strategy;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::object::meta;
use crate::resource::custom::CustomResource;
use crate::resource::{Custom, Resource};

/// The served versions of a stored CRD. Objects stored at or before the revision `since` were written under another
/// schema. Cancelling `gone` ends all watches of these resources.
pub(crate) fn resources(object: &Value, since: u64, gone: &CancellationToken) -> Vec<Arc<Resource>> {
    let Ok(definition) = Definition::from_value(object) else { return Vec::new() };
    let terminating = meta(object, "deletionTimestamp").is_some();
    let rules = |name: &str| Some((name.to_owned(), Arc::new(Strategy::new(&definition, name)?)));
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
    newer.sort_by(|a, b| crate::resource::versions::compare(a, b));
    let better = newer.first().filter(|name| crate::resource::versions::compare(name, &version.name).is_lt());
    Some(match better {
        Some(name) => format!("{deprecated}; use {group}/{name} {kind}"),
        None => deprecated,
    })
}
