//! The paths of a resource, each with its operations.

use serde_json::{Map, Value, json};

use super::{kind, reference, schema_name};
use crate::resource::Resource;

/// Adds the paths of a resource and its subresources.
pub(super) fn add(paths: &mut Map<String, Value>, resource: &Resource) {
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
