//! The schemas of Go types.
//!
//! In: structs of the table. Out: a schema for each of them and for everything they refer to, by name, in the form of either
//! version. Source: `k8s.io/kube-openapi/pkg/generators/openapi.go`, and `pkg/handler/default_pruning.go` for version 2.

use crdgen_schema::go::{Field, Struct, Tags, Type};
use crdgen_schema::schema::ListType;
use serde_json::{Map, Value, json};

use super::form::Form;
use super::kinds::Listed;
use super::name;
use crate::kind::table;

/// The schemas of a document.
pub(super) struct Schemas {
    form: Form,
    listed: Listed,
    made: Map<String, Value>,
    waiting: Vec<&'static Struct>,
}

impl Schemas {
    /// No schemas yet. `listed` says which versions the kinds are listed in that all versions have.
    pub(super) fn new(form: Form, listed: Listed) -> Self {
        Self { form, listed, made: Map::new(), waiting: Vec::new() }
    }

    /// The form that they are written in.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// Adds a struct, and returns the name of its schema.
    pub(super) fn need(&mut self, of: &'static Struct) -> String {
        let name = name::of_go(table::path(of).unwrap_or(of.name));
        if !self.made.contains_key(&name) {
            self.made.insert(name.clone(), Value::Null);
            self.waiting.push(of);
        }
        name
    }

    /// The same for a struct with this name in the table.
    pub(super) fn need_named(&mut self, path: &str) -> String {
        match table::named(path) {
            Some(of) => self.need(of),
            None => self.other(path),
        }
    }

    /// Adds a schema made elsewhere.
    pub(super) fn add(&mut self, name: String, schema: Value) {
        self.made.insert(name, schema);
    }

    /// The schemas by name.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        while let Some(of) = self.waiting.pop() {
            let path = table::path(of).unwrap_or(of.name);
            let schema = self.structure(of, path);
            self.made.insert(name::of_go(path), schema);
        }
        self.made
    }

    fn structure(&mut self, of: &'static Struct, path: &str) -> Value {
        let is_list = of.field("metadata").is_some_and(|metadata| is_list_meta(&metadata.kind));
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in of.fields() {
            // The items of a list say nothing about how they are merged.
            let silent = is_list && field.name == "items";
            properties.insert(field.name.to_owned(), self.property(field, path, silent));
            if field.tags.required {
                required.push(field.name);
            }
        }
        let mut schema = json!({"type": "object"});
        if !properties.is_empty() {
            schema["properties"] = Value::Object(properties);
        }
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if of.atomic {
            schema["x-kubernetes-map-type"] = Value::from("atomic");
        }
        if let Some(union) = table::union(path) {
            schema["x-kubernetes-unions"] = json!([union_schema(union)]);
        }
        let kinds = self.listed.of(path);
        if !kinds.is_empty() {
            schema["x-kubernetes-group-version-kind"] = Value::Array(kinds);
        }
        describe(&mut schema, path, "");
        schema
    }

    fn property(&mut self, field: &Field, path: &str, silent: bool) -> Value {
        let (schema, tags) = (self.value(&field.kind), field.tags);
        let mut schema = self.form.open(schema);
        if !tags.values.is_empty() {
            // Those of a list or map are the values of what is in it.
            let part = ["items", "additionalProperties"].into_iter().find(|part| schema.get(part).is_some());
            match part {
                Some(part) => schema[part]["enum"] = json!(tags.values),
                None => schema["enum"] = json!(tags.values),
            }
        }
        if self.form == Form::V3
            && let Ok(default) = serde_json::from_str::<Value>(tags.default)
        {
            schema["default"] = default;
        }
        // A list type with a name of its own is merged as its name says, which is nothing in the one case there is.
        let is_list = matches!(field.kind, Type::List(_))
            || matches!(field.kind, Type::Named(name, Type::List(_)) if name != "v1.Verbs");
        if is_list && !silent {
            merge_list(&mut schema, tags);
        }
        merge(&mut schema, tags);
        describe(&mut schema, path, field.name);
        schema
    }

    fn value(&mut self, kind: &Type) -> Value {
        match kind {
            Type::Text => json!({"type": "string"}),
            Type::Flag => json!({"type": "boolean"}),
            Type::Int32 => json!({"type": "integer", "format": "int32"}),
            Type::Int64 | Type::WholeNumber => json!({"type": "integer", "format": "int64"}),
            Type::Float64 => json!({"type": "number", "format": "double"}),
            Type::Bytes => json!({"type": "string", "format": "byte"}),
            Type::List(item) => json!({"type": "array", "items": self.item(item)}),
            Type::Map(item) => json!({"type": "object", "additionalProperties": self.item(item)}),
            Type::Pointer(inner) => self.value(inner),
            Type::Struct(of) => {
                let name = self.need(of);
                self.form.reference(&name)
            }
            kind => match opaque(kind) {
                Some(path) => {
                    let name = self.other(path);
                    self.form.reference(&name)
                }
                None => self.value(kind.unnamed()),
            },
        }
    }

    /// What is in a list or a map. Its zero value is its default, unless it is a pointer.
    fn item(&mut self, kind: &Type) -> Value {
        let schema = self.value(kind);
        let zero = match kind.unnamed() {
            Type::Text => json!(""),
            Type::Flag => json!(false),
            Type::Int32 | Type::Int64 | Type::Float64 => json!(0),
            Type::Struct(_) => json!({}),
            _ => return schema,
        };
        if self.form == Form::V2 {
            return schema;
        }
        let mut schema = self.form.open(schema);
        schema["default"] = zero;
        schema
    }

    /// Adds a type with a decoder of its own, and returns the name of its schema.
    fn other(&mut self, path: &str) -> String {
        let name = name::of_go(path);
        if !self.made.contains_key(&name) {
            let mut schema = match (path, self.form) {
                ("meta/v1.Time" | "meta/v1.MicroTime", _) => json!({"type": "string", "format": "date-time"}),
                (QUANTITY, Form::V2) => json!({"type": "string"}),
                (QUANTITY, Form::V3) => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
                (INT_OR_STRING, Form::V2) => json!({"type": "string", "format": "int-or-string"}),
                (INT_OR_STRING, Form::V3) => {
                    json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]})
                }
                ("meta/v1.FieldsV1" | "meta/v1.Patch" | "runtime.RawExtension", _) => json!({"type": "object"}),
                _ => json!({}),
            };
            describe(&mut schema, path, "");
            self.made.insert(name.clone(), schema);
        }
        name
    }
}

const QUANTITY: &str = "api/resource.Quantity";
const INT_OR_STRING: &str = "util/intstr.IntOrString";

/// The names of types with decoders of their own, which have schemas of their own.
fn opaque(kind: &Type) -> Option<&'static str> {
    Some(match kind {
        Type::Time => "meta/v1.Time",
        Type::MicroTime => "meta/v1.MicroTime",
        Type::Quantity => QUANTITY,
        Type::IntOrString => INT_OR_STRING,
        Type::Named("runtime.RawExtension", _) => "runtime.RawExtension",
        Type::Named("v1.FieldsV1", _) => "meta/v1.FieldsV1",
        Type::Named("v1.JSONSchemaPropsOrBool", _) => "apiextensions/v1.JSONSchemaPropsOrBool",
        Type::Named("v1.JSONSchemaPropsOrArray", _) => "apiextensions/v1.JSONSchemaPropsOrArray",
        Type::Named("v1.JSONSchemaPropsOrStringArray", _) => "apiextensions/v1.JSONSchemaPropsOrStringArray",
        Type::Any | Type::OneOf(..) => "apiextensions/v1.JSON",
        _ => return None,
    })
}

fn is_list_meta(kind: &Type) -> bool {
    matches!(kind, Type::Struct(of) if of.name == "ListMeta")
}

fn merge_list(schema: &mut Value, tags: &Tags) {
    schema["x-kubernetes-list-type"] = Value::from(match tags.list {
        ListType::Atomic => "atomic",
        ListType::Set => "set",
        ListType::Map => "map",
    });
    if tags.list == ListType::Map {
        schema["x-kubernetes-list-map-keys"] = json!(tags.keys);
    }
}

fn merge(schema: &mut Value, tags: &Tags) {
    if tags.atomic || tags.granular {
        schema["x-kubernetes-map-type"] = Value::from(if tags.atomic { "atomic" } else { "granular" });
    }
    let strategy = match (tags.merge, tags.retain_keys) {
        (true, true) => "merge,retainKeys",
        (true, false) => "merge",
        (false, true) => "retainKeys",
        _ if tags.replace => "replace",
        (false, false) => return,
    };
    schema["x-kubernetes-patch-strategy"] = Value::from(strategy);
    if !tags.merge_key.is_empty() {
        schema["x-kubernetes-patch-merge-key"] = Value::from(tags.merge_key);
    }
}

fn union_schema(union: table::Union) -> Value {
    let fields: Map<String, Value> =
        union.fields().map(|(field, name)| (field.to_owned(), Value::from(name))).collect();
    let mut schema = json!({"fields-to-discriminateBy": fields});
    if !union.discriminator.is_empty() {
        schema["discriminator"] = Value::from(union.discriminator);
    }
    schema
}

fn describe(schema: &mut Value, path: &str, field: &str) {
    if let Some(text) = table::description(path, field) {
        schema["description"] = Value::from(text.into_owned());
    }
}
