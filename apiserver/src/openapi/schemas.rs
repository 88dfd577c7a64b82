//! The schemas of a resource and of its list.
//!
//! Both refer to the metadata types of `shared`.

use serde_json::{Map, Value, json};

use super::{builtin, kind, reference, schema_name, shared};
use crate::resource::Resource;

const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
const EMBEDDED_API_VERSION: &str = "apiVersion defines the versioned schema of this representation of an object. More \
    info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
const EMBEDDED_KIND: &str = "kind is a string value representing the type of this object. In CamelCase. More info: \
    https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
pub(super) const CONVENTIONS: &str =
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

/// Adds the schemas of a resource and of its list.
pub(super) fn add(schemas: &mut Map<String, Value>, resource: &Resource) {
    let name = schema_name(resource);
    let (mut object, mut list) = (object(resource), list(resource, &name));
    if resource.custom.is_some() && !resource.selectable.is_empty() {
        let paths = resource.selectable.iter().map(|path| json!({"fieldPath": path.trim_start_matches('.')}));
        let paths: Value = paths.collect();
        object["x-kubernetes-selectable-fields"] = paths.clone();
        list["x-kubernetes-selectable-fields"] = paths;
    }
    schemas.insert(format!("{name}List"), list);
    schemas.insert(name, object);
}

fn object(resource: &Resource) -> Value {
    let mut schema = resource.structure.map_or_else(|| resource.published.clone(), builtin::schema);
    if !schema.is_object() {
        schema = json!({"type": "object"});
    }
    complete(&mut schema);
    let properties = &mut schema["properties"];
    if !properties.is_object() {
        *properties = json!({});
    }
    properties["apiVersion"] = shared::type_meta("apiVersion");
    properties["kind"] = shared::type_meta("kind");
    properties["metadata"] = metadata();
    schema["x-kubernetes-group-version-kind"] = json!([kind(resource, &resource.kind)]);
    schema
}

fn list(resource: &Resource, name: &str) -> Value {
    json!({
        "description": format!("{} is a list of {}", resource.list_kind, resource.kind),
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": shared::type_meta("apiVersion"),
            "items": {
                "description": format!("List of {}. More info: {CONVENTIONS}", resource.plural),
                "type": "array",
                "items": {"$ref": reference(name)},
            },
            "kind": shared::type_meta("kind"),
            "metadata": {
                "description": format!("Standard list metadata. More info: {CONVENTIONS}#types-kinds"),
                "allOf": [{"$ref": reference(LIST_META)}],
            },
        },
        "x-kubernetes-group-version-kind": [kind(resource, &resource.list_kind)],
    })
}

/// Adds what extensions imply: the types of int-or-string, and the type and metadata of embedded resources. The
/// recursion is safe, because the nesting of the schema was limited when it was read.
fn complete(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let below = members.get_mut("properties").and_then(Value::as_object_mut);
    below.into_iter().flat_map(Map::values_mut).for_each(complete);
    for name in ["items", "additionalProperties"] {
        if let Some(below) = members.get_mut(name) {
            complete(below);
        }
    }
    if members.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) && !members.contains_key("anyOf") {
        members.insert("anyOf".to_owned(), json!([{"type": "integer"}, {"type": "string"}]));
    }
    if members.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true)) {
        embed(schema);
    }
}

fn embed(schema: &mut Value) {
    schema["properties"]["apiVersion"] = text(EMBEDDED_API_VERSION);
    schema["properties"]["kind"] = text(EMBEDDED_KIND);
    schema["properties"]["metadata"] = metadata();
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    for name in ["kind", "apiVersion"].map(Value::from) {
        if !required.contains(&name) {
            required.push(name);
        }
    }
    schema["required"] = Value::Array(required);
}

fn metadata() -> Value {
    json!({
        "description": format!("Standard object's metadata. More info: {CONVENTIONS}#metadata"),
        "allOf": [{"$ref": reference(OBJECT_META)}],
    })
}

fn text(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_told_in_plain_openapi_too() {
        let mut schema = json!({
            "type": "object",
            "required": ["kind"],
            "x-kubernetes-embedded-resource": true,
            "properties": {"n": {"type": "array", "items": {"x-kubernetes-int-or-string": true}}},
        });
        complete(&mut schema);
        assert_eq!(schema["required"], json!(["kind", "apiVersion"]));
        assert_eq!(schema["properties"]["kind"]["type"], "string");
        assert_eq!(schema["properties"]["n"]["items"]["anyOf"], json!([{"type": "integer"}, {"type": "string"}]));
    }
}
