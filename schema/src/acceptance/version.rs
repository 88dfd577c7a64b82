//! What a version has, or all versions share: schema, subresources, printer columns.
//!
//! In: one of these, and where it stands. Out: field errors.

use std::borrow::Cow;

use super::{default_value, keyword, raw_schema::RawSchema, requirements::SchemaRequirements, structural};
use crate::{
    field::{Error, ErrorType, Errors, Path},
    go::{is_printable, print_json},
    node::{Content, Node},
    rule,
    schema::Schema,
};

/// Checks `deprecationWarning`.
pub(super) fn check_deprecation(version: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let path = path.child("deprecationWarning");
    let Some(warning) = version["deprecationWarning"].as_str() else { return };
    // Go points to this text, so it is shown as JSON.
    let invalid = |detail: String| Error::new(ErrorType::Invalid, path, print_json(&warning.into()), detail);
    if version["deprecated"].as_bool() != Some(true) {
        errors.push(invalid("can only be set for deprecated versions".to_owned()));
        return;
    }
    if warning.len() > 256 {
        errors.push(invalid("must be <= 256 characters long".to_owned()));
    }
    if warning.is_empty() {
        errors.push(invalid("must not be an empty string".to_owned()));
    }
    if let Some((index, _)) = warning.char_indices().find(|(_, c)| !is_printable(*c)) {
        let detail = "must only contain printable UTF-8 characters; non-printable character found at index";
        errors.push(invalid(format!("{detail} {index}")));
    }
}

/// A version's schema as it was posted, and decoded if it is so already.
#[derive(Clone, Copy)]
pub(super) struct VersionSchema<'a> {
    pub(super) posted: &'a Node<'a>,
    pub(super) decoded: Option<&'a Schema>,
}

impl<'a> VersionSchema<'a> {
    fn structural(&self) -> Cow<'a, Schema> {
        self.decoded.map_or_else(|| Cow::Owned(Schema::from_checked(self.posted)), Cow::Borrowed)
    }
}

/// Checks a schema; `path` is that of its `openAPIV3Schema`'s parent.
pub(super) fn check_schema(
    schema: VersionSchema<'_>,
    has_status: bool,
    required: SchemaRequirements,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if schema.posted.is_null() {
        return;
    }
    let raw = RawSchema::new(schema.posted);
    let schema_path = path.child("openAPIV3Schema");
    let mut found = Errors::default();
    if has_status {
        found.extend(check_root_keywords(raw, &schema_path));
    }
    if raw.flag("nullable") {
        found.push(Error::forbidden(schema_path.child("nullable"), "nullable cannot be true at the root"));
    }
    let unsupported = structural::unsupported(raw).filter(|_| required.structural);
    let mut is_sound = false;
    if required.structural && unsupported.is_none() {
        let broken = structural::check(raw, &schema_path);
        if broken.is_empty() {
            let before = found.len();
            check_defaults(schema, required, &schema_path, &mut found);
            is_sound = found.len() == before;
        }
        found.extend(broken);
    }
    let misused = keyword::check(raw, required, &schema_path);
    if is_sound && has_any(schema.posted, "x-kubernetes-validations") {
        let schema = schema.structural();
        found.extend(rule::acceptance::check(&schema, required.affordable_rules, &schema_path, &misused));
    }
    found.extend(misused);
    if let (true, Some(told)) = (found.is_empty(), unsupported) {
        found.push(Error::invalid_text(schema_path, "", told));
    }
    errors.extend(found);
}

fn check_defaults(schema: VersionSchema<'_>, required: SchemaRequirements, path: &Path<'_>, errors: &mut Errors) {
    if has_any(schema.posted, "default") {
        default_value::check(&schema.structural(), required.pruned_defaults, path, errors);
    }
}

/// Whether a keyword is anywhere in a schema. Most schemas have neither defaults nor rules and need not be decoded.
pub(super) fn has_any(schema: &Node<'_>, keyword: &str) -> bool {
    RawSchema::new(schema).any(|node| node.get(keyword).is_some())
}

/// With a status subresource, the status is checked on its own: its schema must lose nothing by that.
fn check_root_keywords(schema: RawSchema<'_>, path: &Path<'_>) -> Option<Error> {
    const REFUSED: [&str; 20] = [
        "id",
        "$schema",
        "$ref",
        "nullable",
        "default",
        "enum",
        "maxProperties",
        "minProperties",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "additionalProperties",
        "patternProperties",
        "dependencies",
        "additionalItems",
        "definitions",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
    ];
    const ALSO_REFUSED: [&str; 2] = ["x-kubernetes-list-type", "x-kubernetes-map-type"];
    let is_set = |keyword: &&&str| {
        schema.get(keyword).is_some_and(|value| match &value.content {
            Content::Bool(false) => matches!(**keyword, "additionalProperties" | "additionalItems" | "default"),
            Content::String(text) => !text.is_empty() || !matches!(**keyword, "id" | "$schema"),
            _ => true,
        })
    };
    // The first keyword in the order of Go's type decides; `type` comes fourth.
    let refused = |keywords: &[&str]| keywords.iter().find(is_set).is_some();
    let kind = schema.text("type");
    if !refused(&REFUSED[..3]) && !matches!(kind, "" | "object") {
        let detail =
            "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
        return Some(Error::invalid_text(path.child("type"), kind, detail));
    }
    (refused(&REFUSED) || refused(&ALSO_REFUSED)).then(|| {
        let allowed = "[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern \
                       MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example \
                       XPreserveUnknownFields XValidations]";
        let detail = format!("only {allowed} fields are allowed at the root of the schema if the status subresource is enabled");
        Error::invalid(path, &schema.node.to_value(), detail)
    })
}

/// Checks `subresources`.
pub(super) fn check_subresources(subresources: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let scale = &subresources["scale"];
    if scale.is_null() {
        return;
    }
    let path = path.child("scale");
    let required = [("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")];
    for (name, start) in required {
        let path = path.child(name);
        match scale[name].as_str().unwrap_or_default() {
            "" => errors.push(Error::required(path, "")),
            given if !given.starts_with('.') => errors.push(not_simple(&path, given)),
            given if !given.starts_with(start) => {
                let detail = format!("should be a json path under {}", start.trim_end_matches('.'));
                errors.push(Error::invalid_text(path, given, detail));
            }
            _ => {}
        }
    }
    let path = path.child("labelSelectorPath");
    match scale["labelSelectorPath"].as_str().unwrap_or_default() {
        "" => {}
        given if !given.starts_with('.') => errors.push(not_simple(&path, given)),
        given if !given.starts_with(".spec.") && !given.starts_with(".status.") => {
            let detail = "should be a json path under either .spec or .status";
            errors.push(Error::invalid_text(path, given, detail));
        }
        _ => {}
    }
}

/// Checks `additionalPrinterColumns`.
pub(super) fn check_columns(columns: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    const TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
    const FORMATS: [&str; 8] = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
    for (index, column) in columns.items().iter().enumerate() {
        let path = path.index(index);
        let text = |name: &str| column[name].as_str().unwrap_or_default();
        if text("name").is_empty() {
            errors.push(Error::required(path.child("name"), ""));
        }
        let (kind, format) = (text("type"), text("format"));
        let one_of_types = format!("must be one of {}", TYPES.join(","));
        if kind.is_empty() {
            errors.push(Error::required(path.child("type"), one_of_types));
        } else if !TYPES.contains(&kind) {
            errors.push(Error::invalid_text(path.child("type"), kind, one_of_types));
        }
        if !format.is_empty() && !FORMATS.contains(&format) {
            let detail = format!("must be one of {}", FORMATS.join(","));
            errors.push(Error::invalid_text(path.child("format"), format, detail));
        }
        // The name of the internal type's field.
        let path = path.child("JSONPath");
        match text("jsonPath") {
            "" => errors.push(Error::required(path, "")),
            given if !given.starts_with('.') => errors.push(not_simple(&path, given)),
            _ => {}
        }
    }
}

fn not_simple(path: &Path<'_>, given: &str) -> Error {
    Error::invalid_text(path, given, "must be a simple json path starting with .")
}
