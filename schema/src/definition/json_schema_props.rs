//! `JSONSchemaProps` → [`Schema`].
//!
//! In: the node of a schema. Out: the schema tree, and a diagnostic for each keyword of the wrong type, unknown type, or
//! keyword that a CRD cannot have. It does not judge what kube-apiserver would refuse for other reasons.

use indexmap::IndexMap;
use serde_json::Value;

use super::cursor::{Cursor, Report, text_of};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quote},
    field::Path,
    node::{Content, Node},
    schema::{AdditionalProperties, ListType, Schema, SchemaType, ValidationRule},
};

/// How deep `properties`, `items` and `additionalProperties` may nest. No API server object is deeper, and every stage
/// after this one may recurse.
const MAX_LEVELS: usize = 50;

/// Keywords of `JSONSchemaProps` that kube-apiserver refuses in a CRD.
const REFUSED: [&str; 7] =
    ["id", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions", "$schema"];

/// Keywords that the API knows and that change nothing.
const IDLE: [&str; 2] = ["example", "externalDocs"];

impl Schema {
    /// The schema that a JSON value stands for whose types are known to be right; keywords that make no sense are left out.
    pub(crate) fn from_checked(value: &Value) -> Self {
        let Ok(node) = Node::from_value(value) else { return Self::default() };
        read(Cursor { node: &node, path: &Path::ROOT, report: &Report::new("") }, 0)
    }

    /// The schema that a JSON value stands for. Warnings are left out.
    pub fn from_value(value: &Value) -> Result<Self, Diagnostics> {
        let node = Node::from_value(value).map_err(|error| Diagnostics(vec![Diagnostic::error(error.to_string())]))?;
        let report = Report::new("");
        let schema = read(Cursor { node: &node, path: &Path::ROOT, report: &report }, 0);
        let diagnostics = report.diagnostics.into_inner();
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(schema) }
    }
}

/// Reads the schema at `cursor`, which lies `level` levels below the root.
pub(super) fn read(cursor: Cursor<'_>, level: usize) -> Schema {
    if cursor.node.is_null() {
        return Schema { at: cursor.node.position, ..Schema::default() };
    }
    if level > MAX_LEVELS {
        cursor.error(
            format!("the schema is nested deeper than {MAX_LEVELS} levels"),
            "cut it with `type: object` and `x-kubernetes-preserve-unknown-fields: true`",
        );
        return Schema::default();
    }
    if !cursor.is_mapping() {
        return Schema::default();
    }
    report_keywords(cursor);
    let mut schema = Schema {
        at: cursor.node.position,
        kind: read_kind(cursor),
        title: cursor.optional_text("title"),
        description: cursor.optional_text("description"),
        format: cursor.optional_text("format").filter(|format| !format.is_empty()),
        nullable: cursor.flag("nullable"),
        default: cursor.with("default", |cursor| Some(cursor.node.to_value())),
        enumeration: cursor.items("enum", |cursor| Some(cursor.node.to_value())),
        ..Schema::default()
    };
    read_limits(cursor, &mut schema);
    read_children(cursor, level, &mut schema);
    read_extensions(cursor, &mut schema);
    schema
}

fn report_keywords(cursor: Cursor<'_>) {
    let Content::Mapping(members) = &cursor.node.content else { return };
    for (name, entry) in members {
        let diagnostic = if REFUSED.contains(&name.as_str()) && !entry.value.is_null() {
            let message = format!("kube-apiserver refuses `{name}` in the schema of a CRD");
            let new = if name == "$ref" { Diagnostic::error } else { Diagnostic::warning };
            new(message).help("write the schema out in place, with `properties`, `items` and `additionalProperties`")
        } else if !is_known(name) {
            Diagnostic::warning(format!("unknown keyword {}", quote(name)))
                .help("kube-apiserver drops it: check its spelling and indentation, or delete it")
        } else {
            continue;
        };
        cursor.push_at(entry.key, diagnostic);
    }
}

/// Whether `JSONSchemaProps` has that keyword.
pub(crate) fn is_known(keyword: &str) -> bool {
    const READ: [&str; 37] = [
        "type",
        "title",
        "description",
        "format",
        "nullable",
        "default",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "exclusiveMinimum",
        "maximum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "x-kubernetes-int-or-string",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-map-type",
        "x-kubernetes-validations",
        IDLE[0],
        IDLE[1],
    ];
    READ.contains(&keyword) || REFUSED.contains(&keyword)
}

fn read_kind(cursor: Cursor<'_>) -> Option<SchemaType> {
    cursor.with("type", |cursor| {
        let kind = text_of(cursor)?;
        let known = SchemaType::from_name(&kind);
        if known.is_none() && !kind.is_empty() {
            cursor.error(
                format!("unknown type {}", quote(&kind)),
                "use array, boolean, integer, number, object or string",
            );
        }
        known
    })
}

fn read_limits(cursor: Cursor<'_>, schema: &mut Schema) {
    schema.pattern = cursor.optional_text("pattern").filter(|pattern| !pattern.is_empty());
    schema.min_length = cursor.integer("minLength");
    schema.max_length = cursor.integer("maxLength");
    schema.minimum = cursor.number("minimum");
    schema.exclusive_minimum = cursor.flag("exclusiveMinimum");
    schema.maximum = cursor.number("maximum");
    schema.exclusive_maximum = cursor.flag("exclusiveMaximum");
    schema.multiple_of = cursor.number("multipleOf");
    schema.min_items = cursor.integer("minItems");
    schema.max_items = cursor.integer("maxItems");
    schema.unique_items = cursor.flag("uniqueItems");
    schema.min_properties = cursor.integer("minProperties");
    schema.max_properties = cursor.integer("maxProperties");
    schema.required = cursor.texts("required");
}

fn read_children(cursor: Cursor<'_>, level: usize, schema: &mut Schema) {
    let properties = cursor.with("properties", |cursor| {
        let mut properties = IndexMap::new();
        cursor.members(|name, member| {
            properties.insert(name.to_owned(), read(member, level + 1));
        });
        Some(properties)
    });
    schema.properties = properties.unwrap_or_default();
    schema.additional_properties = cursor.with("additionalProperties", |cursor| match cursor.node.content {
        Content::Bool(any) => any.then_some(AdditionalProperties::Any),
        _ => Some(AdditionalProperties::Schema(Box::new(read(cursor, level + 1)))),
    });
    let given = cursor.node.get("additionalProperties").map(|node| &node.content);
    schema.forbids_additional = given == Some(&Content::Bool(false));
    schema.items = cursor.with("items", |cursor| {
        if matches!(cursor.node.content, Content::Sequence(_)) {
            cursor.error("`items` must be one schema, found an array", "write the schema that every item has");
            return None;
        }
        Some(Box::new(read(cursor, level + 1)))
    });
    schema.all_of = cursor.items("allOf", |cursor| Some(read(cursor, level)));
    schema.any_of = cursor.items("anyOf", |cursor| Some(read(cursor, level)));
    schema.one_of = cursor.items("oneOf", |cursor| Some(read(cursor, level)));
    schema.not = cursor.with("not", |cursor| Some(Box::new(read(cursor, level))));
}

fn read_extensions(cursor: Cursor<'_>, schema: &mut Schema) {
    schema.int_or_string = cursor.flag("x-kubernetes-int-or-string");
    schema.preserve_unknown_fields = cursor.flag("x-kubernetes-preserve-unknown-fields");
    schema.embedded_resource = cursor.flag("x-kubernetes-embedded-resource");
    schema.list_type = cursor.with("x-kubernetes-list-type", |cursor| {
        let name = text_of(cursor)?;
        let known = ListType::from_name(&name);
        if known.is_none() {
            cursor.error(format!("unknown list type {}", quote(&name)), "use atomic, map or set");
        }
        known
    });
    schema.list_map_keys = cursor.texts("x-kubernetes-list-map-keys");
    let atomic = cursor.with("x-kubernetes-map-type", |cursor| {
        let name = text_of(cursor)?;
        if !matches!(name.as_str(), "atomic" | "granular") {
            cursor.error(format!("unknown map type {}", quote(&name)), "use atomic or granular");
        }
        Some(name == "atomic")
    });
    schema.atomic_map = atomic.unwrap_or_default();
    schema.validations = cursor.items("x-kubernetes-validations", read_rule);
}

fn read_rule(cursor: Cursor<'_>) -> Option<ValidationRule> {
    cursor.is_mapping().then(|| ValidationRule {
        rule: cursor.text("rule"),
        message: cursor.optional_text("message"),
        message_expression: cursor.optional_text("messageExpression"),
        reason: cursor.optional_text("reason"),
        field_path: cursor.optional_text("fieldPath"),
        optional_old_self: cursor.optional_flag("optionalOldSelf"),
    })
}
