//! `OpenAPI` v3: an index, and a document for each API version with the paths and schemas of its resources.
//!
//! In: the catalog of served resources. Out: documents as `kubectl` needs them, for `explain` and to see that the server validates fields.
//! Source: `k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder`.

mod builtin;
mod groups;
mod paths;
mod schemas;
mod shared;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::json;
use crate::resource::Resource;
use crate::resource::catalog::Catalog;
use crate::state::State;

/// The document at a path, if there is one.
pub(crate) fn document(state: &State, path: &str) -> Option<Value> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.strip_prefix(&["openapi", "v3"])? {
        [] => Some(index(state)),
        ["api", version] => version_document(state, "", version),
        ["apis", group, version] => version_document(state, group, version),
        _ => None,
    }
}

/// The index: the path of each version's document, with a hash that changes when the document does.
fn index(state: &State) -> Value {
    let mut paths = Map::new();
    let groups = state.read_catalog(Catalog::groups);
    for group in std::iter::once(String::new()).chain(groups) {
        for version in state.read_catalog(|catalog| catalog.versions(&group)).unwrap_or_default() {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            let resources = state.read_catalog(|catalog| catalog.version(&group, &version)).unwrap_or_default();
            // The shared schemas never change, so only the version's own paths and schemas are hashed.
            let mut digest = Sha256::new();
            for resource in &resources {
                digest.update(resource.published_hash.get_or_init(|| hash(resource)));
            }
            let digest = digest.finalize();
            let hash: Vec<String> = digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
            let url = format!("/openapi/v3/{path}?hash={}", hash.concat());
            paths.insert(path, json!({"serverRelativeURL": url}));
        }
    }
    json!({"paths": paths})
}

fn version_document(state: &State, group: &str, version: &str) -> Option<Value> {
    let resources = state.read_catalog(|catalog| catalog.version(group, version))?;
    let (paths, mut schemas) = own_parts(&resources);
    schemas.extend(shared::published(resources.iter().any(|resource| resource.scale.is_some())));
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn hash(resource: &Arc<Resource>) -> Vec<u8> {
    Sha256::digest(json::compact(&own_parts(std::slice::from_ref(resource)))).to_vec()
}

/// The paths and the schemas of these resources.
fn own_parts(resources: &[Arc<Resource>]) -> (Map<String, Value>, Map<String, Value>) {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for resource in resources {
        paths::add(&mut paths, resource);
        schemas::add(&mut schemas, resource);
    }
    (paths, schemas)
}

/// Group, version and kind of a resource, as the `OpenAPI` extensions have them.
fn kind(resource: &Resource, kind: &str) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": kind})
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The name of a schema: the parts of the group in reverse, the version, the kind (`com.example.v1.Thing`).
fn schema_name(resource: &Resource) -> String {
    let group = if resource.group.is_empty() { "core.api.k8s.io" } else { &resource.group };
    let parts: Vec<&str> = group.rsplit('.').collect();
    format!("{}.{}.{}", parts.join("."), resource.version, resource.kind)
}
