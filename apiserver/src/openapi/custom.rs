//! The schemas of a custom resource and of its list.
//!
//! In: the schema that the definition has. Out: the schema that is published: in version 3 nearly the same, in version 2 without
//! what that version does not have, and without what clients of that version would take for more than it says.
//! Source: `k8s.io/apiextensions-apiserver/pkg/controller/openapi/{builder,v2}` and `pkg/apiserver/schema/{kubeopenapi,unfold}.go`.

use serde_json::{Map, Value, json};

use super::form::Form;
use super::name;
use super::structure::Schemas;
use crate::kind::table;
use crate::resource::Resource;

const CONVENTIONS: &str = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const EMBEDDED_API_VERSION: &str = "apiVersion defines the versioned schema of this representation of an object. More \
    info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
const EMBEDDED_KIND: &str = "kind is a string value representing the type of this object. In CamelCase. More info: \
    https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

/// Adds the schemas of a resource and of its list, and those that they refer to.
pub(super) fn add(schemas: &mut Schemas, resource: &Resource) {
    let refer = Refer {
        form: schemas.form(),
        object_meta: schemas.need_named("meta/v1.ObjectMeta"),
        list_meta: schemas.need_named("meta/v1.ListMeta"),
    };
    let name = |kind: &str| name::of_custom(&resource.group, &resource.version, kind);
    let (mut object, mut list) = (refer.object(resource), refer.list(resource, &name(&resource.kind)));
    if !resource.selectable.is_empty() {
        let paths = resource.selectable.iter().map(|path| json!({"fieldPath": path.trim_start_matches('.')}));
        let paths: Value = paths.collect();
        object["x-kubernetes-selectable-fields"] = paths.clone();
        list["x-kubernetes-selectable-fields"] = paths;
    }
    schemas.add(name(&resource.list_kind), list);
    schemas.add(name(&resource.kind), object);
}

/// How the metadata types are referred to.
struct Refer {
    form: Form,
    object_meta: String,
    list_meta: String,
}

impl Refer {
    fn object(&self, resource: &Resource) -> Value {
        let kind = json!([{"group": resource.group, "version": resource.version, "kind": resource.kind}]);
        let mut schema = resource.published.clone();
        if !schema.is_object() || self.form == Form::V2 && is_true(&schema, "x-kubernetes-preserve-unknown-fields") {
            // Clients of version 2 would refuse whatever is not named, if anything were.
            return json!({"type": "object", "x-kubernetes-group-version-kind": kind});
        }
        complete(&mut schema);
        if self.form == Form::V2 {
            reduce(&mut schema);
        }
        self.embed(&mut schema);
        set_properties(&mut schema, [type_meta("apiVersion"), type_meta("kind"), self.metadata()]);
        schema["x-kubernetes-group-version-kind"] = kind;
        schema
    }

    fn list(&self, resource: &Resource, name: &str) -> Value {
        let metadata = format!("Standard list metadata. More info: {CONVENTIONS}#types-kinds");
        json!({
            "description": format!("{} is a list of {}", resource.list_kind, resource.kind),
            "type": "object",
            "required": ["items"],
            "properties": {
                "apiVersion": type_meta("apiVersion"),
                "items": {
                    "description": format!("List of {}. More info: {CONVENTIONS}", resource.plural),
                    "type": "array",
                    "items": self.form.reference(name),
                },
                "kind": type_meta("kind"),
                "metadata": self.form.described(&self.list_meta, &metadata),
            },
            "x-kubernetes-group-version-kind":
                [{"group": resource.group, "version": resource.version, "kind": resource.list_kind}],
        })
    }

    fn metadata(&self) -> Value {
        self.form
            .described(&self.object_meta, &format!("Standard object's metadata. More info: {CONVENTIONS}#metadata"))
    }

    /// Adds the type and the metadata of objects within. Version 2 leaves out those that may have unknown fields.
    fn embed(&self, schema: &mut Value) {
        each_part(schema, &mut |part| self.embed(part));
        let open = self.form == Form::V2 && is_true(schema, "x-kubernetes-preserve-unknown-fields");
        if open || !is_true(schema, "x-kubernetes-embedded-resource") {
            return;
        }
        set_properties(schema, [text(EMBEDDED_API_VERSION), text(EMBEDDED_KIND), self.metadata()]);
        let mut required = schema["required"].as_array().cloned().unwrap_or_default();
        for name in ["kind", "apiVersion"].map(Value::from) {
            if !required.contains(&name) {
                required.push(name);
            }
        }
        schema["required"] = Value::Array(required);
    }
}

/// Makes of the definition's schema the one that the server works with: without what says nothing, and with the types of
/// int-or-string written out. The recursion is safe, because the nesting of the schema was limited when it was read.
fn complete(schema: &mut Value) {
    each_part(schema, &mut complete);
    let Some(members) = schema.as_object_mut() else { return };
    // What is empty says nothing, but for values and schemas.
    members.retain(|name, value| match value {
        _ if matches!(name.as_str(), "default" | "example" | "items" | "additionalProperties" | "not") => true,
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    });
    unfold(members);
}

/// Writes the types of int-or-string as the first alternatives.
fn unfold(members: &mut Map<String, Value>) {
    if members.get("x-kubernetes-int-or-string") != Some(&Value::Bool(true)) || members.contains_key("anyOf") {
        return;
    }
    let types = json!([{"type": "integer"}, {"type": "string"}]);
    if let Some(Value::Array(all)) = members.get_mut("allOf")
        && all.first() == Some(&json!({"anyOf": types}))
    {
        all.remove(0);
        if all.is_empty() {
            members.remove("allOf");
        }
    }
    members.insert("anyOf".to_owned(), types);
}

/// Takes away what version 2 does not have. What may be null or have unknown fields has no type there, and nothing below.
fn reduce(schema: &mut Value) {
    let (open, nullable) = (is_true(schema, "x-kubernetes-preserve-unknown-fields"), is_true(schema, "nullable"));
    let Some(members) = schema.as_object_mut() else { return };
    for name in ["allOf", "oneOf", "anyOf", "not", "nullable", "default"] {
        members.remove(name);
    }
    if nullable {
        members.remove("type");
    }
    if nullable || open {
        members.remove("items");
        members.remove("properties");
    }
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "array" && !members.contains_key("items") || kind == "object" && open {
        members.remove("type");
    }
    relax(members);
    each_part(schema, &mut reduce);
}

/// No longer requires what may be null.
fn relax(members: &mut Map<String, Value>) {
    if members.get("additionalProperties").is_some_and(|item| is_true(item, "nullable")) {
        members.remove("required");
        return;
    }
    let properties = members.get("properties").cloned().unwrap_or_default();
    let Some(Value::Array(required)) = members.get_mut("required") else { return };
    required.retain(|name| {
        let property = name.as_str().and_then(|name| properties.get(name));
        property.is_none_or(|property| !is_true(property, "nullable"))
    });
    if required.is_empty() {
        members.remove("required");
    }
}

/// Calls `change` with the schemas of all properties, items and values.
fn each_part(schema: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    let Some(members) = schema.as_object_mut() else { return };
    let below = members.get_mut("properties").and_then(Value::as_object_mut);
    below.into_iter().flat_map(Map::values_mut).for_each(&mut *change);
    for name in ["items", "additionalProperties"] {
        if let Some(below) = members.get_mut(name) {
            change(below);
        }
    }
}

/// Sets what every object has.
fn set_properties(schema: &mut Value, [api_version, kind, metadata]: [Value; 3]) {
    let properties = &mut schema["properties"];
    if !properties.is_object() {
        *properties = json!({});
    }
    properties["apiVersion"] = api_version;
    properties["kind"] = kind;
    properties["metadata"] = metadata;
}

fn is_true(schema: &Value, name: &str) -> bool {
    schema.get(name) == Some(&Value::Bool(true))
}

/// `apiVersion` or `kind`, which every kind has in the same words.
fn type_meta(property: &str) -> Value {
    text(&table::description("meta/v1.Status", property).unwrap_or_default())
}

fn text(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_told_in_plain_openapi_too() {
        let refer = Refer { form: Form::V3, object_meta: "Meta".to_owned(), list_meta: String::new() };
        let mut schema = json!({
            "type": "object",
            "required": ["kind"],
            "x-kubernetes-embedded-resource": true,
            "properties": {"n": {"type": "array", "items": {"x-kubernetes-int-or-string": true, "enum": []}}},
        });
        complete(&mut schema);
        refer.embed(&mut schema);
        assert_eq!(schema["required"], json!(["kind", "apiVersion"]));
        assert_eq!(schema["properties"]["kind"]["type"], "string");
        let types = json!([{"type": "integer"}, {"type": "string"}]);
        assert_eq!(schema["properties"]["n"]["items"], json!({"x-kubernetes-int-or-string": true, "anyOf": types}));
    }

    #[test]
    fn alternatives_of_int_or_string_are_written_once() {
        let types = json!([{"type": "integer"}, {"type": "string"}]);
        let mut schema = json!({"x-kubernetes-int-or-string": true, "allOf": [{"anyOf": types}, {"pattern": "^1"}]});
        complete(&mut schema);
        assert_eq!((&schema["anyOf"], &schema["allOf"]), (&types, &json!([{"pattern": "^1"}])));
    }

    fn check_reduced(mut schema: Value, reduced: &Value) {
        reduce(&mut schema);
        assert_eq!(schema, *reduced);
    }

    #[test]
    fn version_2_has_neither_alternatives_nor_null_nor_defaults() {
        check_reduced(
            json!({"type": "string", "not": {}, "anyOf": [{}], "default": "a", "maxLength": 3}),
            &json!({"type": "string", "maxLength": 3}),
        );
        check_reduced(
            json!({
                "type": "object",
                "required": ["a", "b"],
                "properties": {"a": {"type": "string", "nullable": true}, "b": {"type": "string"}},
            }),
            &json!({"type": "object", "required": ["b"], "properties": {"a": {}, "b": {"type": "string"}}}),
        );
        check_reduced(
            json!({"type": "array", "nullable": true, "items": {"type": "string"}, "maxItems": 3}),
            &json!({"maxItems": 3}),
        );
        check_reduced(
            json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"a": {}}}),
            &json!({"x-kubernetes-preserve-unknown-fields": true}),
        );
    }
}
