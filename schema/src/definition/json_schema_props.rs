//! `JSONSchemaProps` → [`Schema`].
//!
//! In: the node of a schema. Out: the schema tree, and a diagnostic for each keyword of the wrong type, unknown type, or
//! keyword that a CRD cannot have. It does not judge what kube-apiserver would refuse for other reasons.

use serde_json::Value;

use super::cursor::{Cursor, Report, flag_of, integer_of, items_of, number_of, text_of};
#[cfg(feature = "yaml")]
use super::unquoted;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, code, quote},
    field::Path,
    node::{Content, Member, Node},
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
    /// The schema that a node stands for whose types are known to be right; keywords that make no sense are left out.
    pub(crate) fn from_checked(node: &Node<'_>) -> Self {
        read(Cursor { node, path: &Path::ROOT, report: &Report::new("") }, 0)
    }

    /// The schema that a JSON value stands for. Warnings are left out.
    pub fn from_value(value: &Value) -> Result<Self, Diagnostics> {
        let node = Node::from_value(value).map_err(|error| Diagnostics(vec![Diagnostic::from(error)]))?;
        let report = Report::new("");
        let schema = read(Cursor { node: &node, path: &Path::ROOT, report: &report }, 0);
        let diagnostics = report.diagnostics.into_inner();
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(schema) }
    }
}

/// Reads the schema at `cursor`, which lies `level` levels below the root.
pub(super) fn read(cursor: Cursor<'_>, level: usize) -> Schema {
    let mut schema = Schema::default();
    fill(&mut schema, cursor, level);
    schema
}

/// Reads into a schema that says nothing yet. A schema is large, so it is filled where it stays.
fn fill(schema: &mut Schema, cursor: Cursor<'_>, level: usize) {
    if cursor.node.is_null() {
        schema.at = cursor.node.position;
        return;
    }
    if level > MAX_LEVELS {
        cursor.error(
            code::TOO_DEEP,
            format!("the schema is nested deeper than {MAX_LEVELS} levels"),
            "cut it with `type: object` and `x-kubernetes-preserve-unknown-fields: true`",
        );
        return;
    }
    if !cursor.is_mapping() {
        return;
    }
    schema.at = cursor.node.position;
    for member in cursor.node.members() {
        // Go reads null as absent.
        let known = if member.value.is_null() {
            is_known(&member.name)
        } else {
            let path = cursor.path.child(&member.name);
            let value = Cursor { node: &member.value, path: &path, report: cursor.report };
            read_keyword(schema, &member.name, value, level)
        };
        report_keyword(cursor, member, known);
    }
    #[cfg(feature = "yaml")]
    unquoted::check_values(cursor, schema);
}

/// Reads the value of a keyword, and says whether there is such a keyword.
fn read_keyword(schema: &mut Schema, keyword: &str, value: Cursor<'_>, level: usize) -> bool {
    match keyword {
        "description" => schema.description = text_of(value),
        "type" => schema.kind = read_kind(value),
        "properties" => read_properties(schema, value, level),
        "items" => read_items(schema, value, level),
        "required" => schema.required = items_of(value, text_of),
        "format" => schema.format = text_of(value).filter(|format| !format.is_empty()),
        "additionalProperties" => match value.node.content {
            Content::Bool(true) => schema.additional_properties = Some(AdditionalProperties::Any),
            Content::Bool(false) => schema.forbids_additional = true,
            _ => {
                let inner = Box::new(read(value, level + 1));
                schema.additional_properties = Some(AdditionalProperties::Schema(inner));
            }
        },
        "default" => schema.default = Some(Box::new(value.node.to_value())),
        "enum" => *schema.enumeration = items_of(value, |item| Some(item.node.to_value())),
        "nullable" => schema.nullable = flag_of(value).unwrap_or_default(),
        "title" => schema.title = text_of(value),
        "allOf" => schema.branches.all_of = items_of(value, |branch| Some(read(branch, level))),
        "anyOf" => schema.branches.any_of = items_of(value, |branch| Some(read(branch, level))),
        "oneOf" => schema.branches.one_of = items_of(value, |branch| Some(read(branch, level))),
        "not" => schema.branches.not = Some(Box::new(read(value, level))),
        _ => return read_limit(schema, keyword, value) || read_extension(schema, keyword, value),
    }
    true
}

/// Reads a keyword that limits scalars, lengths or counts.
fn read_limit(schema: &mut Schema, keyword: &str, value: Cursor<'_>) -> bool {
    match keyword {
        "pattern" => schema.constraints.pattern = text_of(value).filter(|pattern| !pattern.is_empty()),
        "minLength" => schema.constraints.min_length = integer_of(value),
        "maxLength" => schema.constraints.max_length = integer_of(value),
        "minimum" => schema.constraints.minimum = number_of(value),
        "maximum" => schema.constraints.maximum = number_of(value),
        "exclusiveMinimum" => schema.constraints.exclusive_minimum = flag_of(value).unwrap_or_default(),
        "exclusiveMaximum" => schema.constraints.exclusive_maximum = flag_of(value).unwrap_or_default(),
        "multipleOf" => schema.constraints.multiple_of = number_of(value),
        "minItems" => schema.constraints.min_items = integer_of(value),
        "maxItems" => schema.constraints.max_items = integer_of(value),
        "uniqueItems" => schema.constraints.unique_items = flag_of(value).unwrap_or_default(),
        "minProperties" => schema.constraints.min_properties = integer_of(value),
        "maxProperties" => schema.constraints.max_properties = integer_of(value),
        _ => return false,
    }
    true
}

/// Reads an extension of Kubernetes, or a keyword that nothing comes of.
fn read_extension(schema: &mut Schema, keyword: &str, value: Cursor<'_>) -> bool {
    let flag = |value| flag_of(value).unwrap_or_default();
    match keyword {
        "x-kubernetes-int-or-string" => schema.int_or_string = flag(value),
        "x-kubernetes-preserve-unknown-fields" => schema.preserve_unknown_fields = flag(value),
        "x-kubernetes-embedded-resource" => schema.embedded_resource = flag(value),
        "x-kubernetes-list-type" => schema.list_type = read_list_type(value),
        "x-kubernetes-list-map-keys" => *schema.list_map_keys = items_of(value, text_of),
        "x-kubernetes-map-type" => schema.atomic_map = is_atomic_map(value),
        "x-kubernetes-validations" => *schema.validations = items_of(value, read_rule),
        _ => return IDLE.contains(&keyword) || REFUSED.contains(&keyword),
    }
    true
}

/// Reports a keyword that there is not, or that leaves the schema unknown.
fn report_keyword(cursor: Cursor<'_>, member: &Member<'_>, known: bool) {
    let name = member.name.as_ref();
    let diagnostic = if !known {
        Diagnostic::warning(format!("unknown keyword {}", quote(name)))
            .code(code::UNKNOWN_KEYWORD)
            .help("kube-apiserver drops it: check its spelling and indentation, or delete it")
    } else if name == "$ref" && !member.value.is_null() {
        // The other keywords that the server refuses change nothing here: `acceptance` speaks of them.
        Diagnostic::error("kube-apiserver refuses `$ref` in the schema of a CRD")
            .code(code::UNSUPPORTED_KEYWORD)
            .help("write the schema out in place, with `properties`, `items` and `additionalProperties`")
    } else {
        return;
    };
    cursor.push_at(member.key, diagnostic);
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
    let kind = text_of(cursor)?;
    let known = SchemaType::from_name(&kind);
    if known.is_none() && !kind.is_empty() {
        let help = "use array, boolean, integer, number, object or string";
        cursor.error(code::UNKNOWN_VALUE, format!("unknown type {}", quote(&kind)), help);
    }
    known
}

fn read_properties(schema: &mut Schema, cursor: Cursor<'_>, level: usize) {
    if !cursor.is_mapping() {
        return;
    }
    let members = cursor.node.members();
    schema.properties.reserve(members.len());
    for member in members {
        #[cfg(feature = "yaml")]
        unquoted::check_name(cursor, member);
        let path = cursor.path.key(&member.name);
        let value = Cursor { node: &member.value, path: &path, report: cursor.report };
        fill(schema.properties.entry(member.name.as_ref().to_owned()).or_default(), value, level + 1);
    }
}

fn read_items(schema: &mut Schema, cursor: Cursor<'_>, level: usize) {
    if matches!(cursor.node.content, Content::Sequence(_)) {
        cursor.error(
            code::WRONG_TYPE,
            "`items` must be one schema, found an array",
            "write the schema that every item has",
        );
        return;
    }
    fill(schema.items.insert(Box::default()), cursor, level + 1);
}

fn read_list_type(cursor: Cursor<'_>) -> Option<ListType> {
    let name = text_of(cursor)?;
    let known = ListType::from_name(&name);
    if known.is_none() {
        cursor.error(code::UNKNOWN_VALUE, format!("unknown list type {}", quote(&name)), "use atomic, map or set");
    }
    known
}

fn is_atomic_map(cursor: Cursor<'_>) -> bool {
    let Some(name) = text_of(cursor) else { return false };
    if !matches!(name.as_str(), "atomic" | "granular") {
        cursor.error(code::UNKNOWN_VALUE, format!("unknown map type {}", quote(&name)), "use atomic or granular");
    }
    name == "atomic"
}

fn read_rule(cursor: Cursor<'_>) -> Option<ValidationRule> {
    cursor.is_mapping().then(|| ValidationRule {
        at: cursor.node.position,
        rule: cursor.text("rule"),
        message: cursor.optional_text("message"),
        message_expression: cursor.optional_text("messageExpression"),
        reason: cursor.optional_text("reason"),
        field_path: cursor.optional_text("fieldPath"),
        optional_old_self: cursor.with("optionalOldSelf", flag_of),
    })
}
