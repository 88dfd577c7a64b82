//! `OpenAPI` v3: an index, and a document for each API version with the paths and schemas of its resources.
//!
//! In: the registry. Out: what `kubectl` needs to leave validation to the server and to explain a resource. The
//! schemas of custom resources are published as their CRDs have them; of the metadata only the name is told.
//! Source: `k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder`.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::resource::Resource;
use crate::resource::registry::Registry;
use crate::response::json;

const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
const API_VERSION: &str = "APIVersion defines the versioned schema of this representation of an object. Servers should \
    convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: \
    https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
const KIND: &str = "Kind is a string value representing the REST resource this object represents. Servers may infer \
    this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: \
    https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
const CONVENTIONS: &str = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

/// The document at a path below `/openapi/v3`, if there is one.
pub(crate) fn document(api: &Api, path: &str) -> Option<Value> {
    match path.trim_end_matches('/').strip_prefix("/openapi/v3")? {
        "" => Some(index(api)),
        rest => {
            let (group, version) = match rest.trim_start_matches('/').split('/').collect::<Vec<_>>()[..] {
                ["api", version] => ("", version),
                ["apis", group, version] => (group, version),
                _ => return None,
            };
            version_document(api, group, version)
        }
    }
}

/// Where each version's document is; the hash changes with the document.
fn index(api: &Api) -> Value {
    let mut paths = Map::new();
    let groups = api.read_registry(Registry::groups);
    for group in std::iter::once(String::new()).chain(groups) {
        for version in api.read_registry(|registry| registry.versions(&group)).unwrap_or_default() {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            let document = version_document(api, &group, &version).unwrap_or_default();
            let digest = Sha256::digest(json::compact(&document));
            let hash: Vec<String> = digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
            let url = format!("/openapi/v3/{path}?hash={}", hash.concat());
            paths.insert(path, json!({"serverRelativeURL": url}));
        }
    }
    json!({"paths": paths})
}

fn version_document(api: &Api, group: &str, version: &str) -> Option<Value> {
    let resources = api.read_registry(|registry| registry.version(group, version))?;
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for resource in &resources {
        add_paths(&mut paths, resource);
        let name = schema_name(resource);
        schemas.insert(format!("{name}List"), list_schema(resource, &name));
        schemas.insert(name, object_schema(resource));
    }
    schemas.insert(OBJECT_META.to_owned(), metadata_schema());
    schemas.insert(
        LIST_META.to_owned(),
        json!({"type": "object", "properties": {"continue": text(""), "resourceVersion": text("")}}),
    );
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn add_paths(paths: &mut Map<String, Value>, resource: &Resource) {
    let base = if resource.group.is_empty() {
        format!("/api/{}", resource.version)
    } else {
        format!("/apis/{}/{}", resource.group, resource.version)
    };
    let all = format!("{base}/{}", resource.plural);
    let collection = if resource.namespaced {
        paths.insert(all, json!({"get": operation(resource, "list", &LIST)}));
        format!("{base}/namespaces/{{namespace}}/{}", resource.plural)
    } else {
        all
    };
    paths.insert(
        collection.clone(),
        json!({
            "get": operation(resource, "list", &LIST),
            "post": operation(resource, "post", &WRITE),
            "delete": operation(resource, "deletecollection", &LIST),
        }),
    );
    let object = format!("{collection}/{{name}}");
    let update = |action: &str| operation(resource, action, &WRITE);
    paths.insert(
        object.clone(),
        json!({
            "get": operation(resource, "get", &["resourceVersion"]),
            "put": update("put"),
            "patch": update("patch"),
            "delete": operation(resource, "delete", &["dryRun", "gracePeriodSeconds", "propagationPolicy"]),
        }),
    );
    let parts = [("status", resource.status), ("scale", resource.scale.is_some())];
    for (part, _) in parts.into_iter().filter(|(_, served)| *served) {
        let get = operation(resource, "get", &["resourceVersion"]);
        paths.insert(format!("{object}/{part}"), json!({"get": get, "put": update("put"), "patch": update("patch")}));
    }
}

/// The query parameters of lists and of writes.
const LIST: [&str; 8] = [
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "timeoutSeconds",
    "watch",
];
const WRITE: [&str; 3] = ["dryRun", "fieldManager", "fieldValidation"];

fn operation(resource: &Resource, action: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}}))
        .collect();
    let answer = json!({"application/json": {"schema": {"$ref": reference(&schema_name(resource))}}});
    json!({
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "content": answer}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": kind(resource, &resource.kind),
    })
}

fn object_schema(resource: &Resource) -> Value {
    let mut schema =
        if resource.published.is_object() { resource.published.clone() } else { json!({"type": "object"}) };
    if !schema["properties"].is_object() {
        schema["properties"] = json!({});
    }
    schema["properties"]["apiVersion"] = text(API_VERSION);
    schema["properties"]["kind"] = text(KIND);
    schema["properties"]["metadata"] = json!({
        "description": format!("Standard object's metadata. More info: {CONVENTIONS}#metadata"),
        "allOf": [{"$ref": reference(OBJECT_META)}],
    });
    schema["x-kubernetes-group-version-kind"] = json!([kind(resource, &resource.kind)]);
    schema
}

fn list_schema(resource: &Resource, name: &str) -> Value {
    json!({
        "description": format!("{} is a list of {}", resource.list_kind, resource.kind),
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": text(API_VERSION),
            "items": {
                "description": format!("List of {}. More info: {CONVENTIONS}", resource.plural),
                "type": "array",
                "items": {"$ref": reference(name)},
            },
            "kind": text(KIND),
            "metadata": {
                "description": format!("Standard list metadata. More info: {CONVENTIONS}#types-kinds"),
                "allOf": [{"$ref": reference(LIST_META)}],
            },
        },
        "x-kubernetes-group-version-kind": [kind(resource, &resource.list_kind)],
    })
}

fn metadata_schema() -> Value {
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({
        "description": "ObjectMeta is metadata that all persisted resources must have.",
        "type": "object",
        "properties": {
            "annotations": texts,
            "finalizers": {"type": "array", "items": {"type": "string"}},
            "generateName": text(""),
            "labels": texts,
            "name": text(""),
            "namespace": text(""),
            "resourceVersion": text(""),
            "uid": text(""),
        },
        "x-kubernetes-preserve-unknown-fields": true,
    })
}

fn text(description: &str) -> Value {
    if description.is_empty() {
        json!({"type": "string"})
    } else {
        json!({"description": description, "type": "string"})
    }
}

fn kind(resource: &Resource, kind: &str) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": kind})
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The group backwards, the version, the kind: `com.example.v1.Thing`.
fn schema_name(resource: &Resource) -> String {
    let group = if resource.group.is_empty() { "core.api.k8s.io" } else { &resource.group };
    let parts: Vec<&str> = group.rsplit('.').collect();
    format!("{}.{}.{}", parts.join("."), resource.version, resource.kind)
}
