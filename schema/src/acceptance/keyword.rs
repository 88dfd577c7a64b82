//! What the API allows beyond structure: keywords, types, extensions, defaults by their place.
//!
//! In: a schema as it was posted. Out: field errors.
//! Source: `ValidateCustomResourceDefinitionOpenAPISchema`.

use super::{list_map, raw_schema::RawSchema, requirements::SchemaRequirements, rule};
use crate::{
    field::{Error, Errors, Path},
    node::Node,
};

const TYPE_AND_METADATA: [&str; 3] = ["metadata", "kind", "apiVersion"];

/// The types of OpenAPI v3.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// What depends on the schemas around.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path<'a>,
    is_root: bool,
    in_metadata: bool,
    /// Why there may be no defaults here.
    no_defaults: Option<&'a str>,
    required: SchemaRequirements,
}

/// Checks a whole schema.
pub(super) fn check(schema: RawSchema<'_>, required: SchemaRequirements, path: &Path<'_>) -> Errors {
    let mut errors = Errors::default();
    let place = Place { path, is_root: true, in_metadata: false, no_defaults: None, required };
    check_node(schema, place, &mut errors);
    errors
}

/// Whether `JSONSchemaProps` has that keyword; others are dropped when a CRD is read.
pub(super) fn is_known(keyword: &str) -> bool {
    crate::definition::is_keyword(keyword)
}

/// Whether a schema, without those in it, has a type that does not exist.
pub(super) fn has_unknown_type(schema: RawSchema<'_>) -> bool {
    let kind = schema.text("type");
    !kind.is_empty() && !TYPES.contains(&kind)
}

fn check_node(schema: RawSchema<'_>, place: Place<'_>, errors: &mut Errors) {
    check_keywords(schema, place, errors);
    check_children(schema, place, errors);
    check_extensions(schema, place.path, errors);
    list_map::check(schema, place.required, place.path, errors);
    rule::check(schema, place.path, errors);
}

fn check_keywords(schema: RawSchema<'_>, place: Place<'_>, errors: &mut Errors) {
    let path = place.path;
    let kind = schema.text("type");
    if place.required.known_types && has_unknown_type(schema) {
        errors.push(Error::not_supported(path.child("type"), &kind.into(), &TYPES));
    }
    if kind == "null" {
        let detail = "type cannot be set to null, use nullable as an alternative";
        errors.push(Error::forbidden(path.child("type"), detail));
    }
    if let (Some(reason), Some(_)) = (place.no_defaults, schema.get("default")) {
        errors.push(Error::forbidden(path.child("default"), format!("must not be set {reason}")));
    }
    for keyword in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
        let is_set = schema.get(keyword).is_some_and(|value| match keyword {
            "id" => value.as_str() != Some(""),
            "patternProperties" | "definitions" => !value.members().is_empty(),
            _ => true,
        });
        if is_set {
            errors.push(Error::forbidden(path.child(keyword), format!("{keyword} is not supported")));
        }
    }
    if !schema.items_of("items").is_empty() {
        errors.push(Error::forbidden(path.child("items"), "items must be a schema object and not an array"));
    }
    if schema.flag("uniqueItems") {
        let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        errors.push(Error::forbidden(path.child("uniqueItems"), detail));
    }
    if place.in_metadata && schema.flag("x-kubernetes-embedded-resource") {
        let detail = "must not be used inside of resource meta";
        errors.push(Error::forbidden(path.child("x-kubernetes-embedded-resource"), detail));
    }
}

fn check_children(schema: RawSchema<'_>, place: Place<'_>, errors: &mut Errors) {
    let (path, below) = (place.path, Place { is_root: false, ..place });
    if let Some(additional) = schema.get("additionalProperties") {
        let path = path.child("additionalProperties");
        if schema.properties().next().is_some() && additional.as_bool() != Some(true) {
            errors.push(Error::forbidden(path, "additionalProperties and properties are mutual exclusive"));
        }
        let reason = "inside additionalProperties applying to object metadata";
        let no_defaults = if place.in_metadata { Some(reason) } else { place.no_defaults };
        if let Some(schema) = schema.additional_schema() {
            check_node(schema, Place { path: &path, no_defaults, ..below }, errors);
        }
    }
    let properties = path.child("properties");
    for (name, property) in schema.properties() {
        let path = properties.key(name);
        let is_resource = place.is_root || schema.flag("x-kubernetes-embedded-resource");
        let is_metadata = is_resource && TYPE_AND_METADATA.contains(&name);
        let below = Place {
            path: &path,
            in_metadata: place.in_metadata || is_metadata,
            no_defaults: if place.is_root && is_metadata { Some(in_top_level(name)) } else { place.no_defaults },
            ..below
        };
        check_node(property, below, errors);
    }
    if let Some(items) = schema.items() {
        check_node(items, Place { path: &path.child("items"), ..below }, errors);
    }
    for (index, item) in schema.items_of("items").iter().enumerate() {
        check_node(RawSchema::new(item), Place { path: &path.child("items").index(index), ..below }, errors);
    }
    if let Some(not) = schema.get("not") {
        check_node(RawSchema::new(not), Place { path: &path.child("not"), ..below }, errors);
    }
    for combinator in ["allOf", "oneOf", "anyOf"] {
        for (index, branch) in schema.branches(combinator).enumerate() {
            check_node(branch, Place { path: &path.child(combinator).index(index), ..below }, errors);
        }
    }
    for (name, definition) in schema.map("definitions") {
        check_node(definition, Place { path: &path.child("definitions").key(name), ..below }, errors);
    }
}

fn in_top_level(name: &str) -> &'static str {
    match name {
        "metadata" => "in top-level metadata",
        "kind" => "in top-level kind",
        _ => "in top-level apiVersion",
    }
}

fn check_extensions(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    let preserve = "x-kubernetes-preserve-unknown-fields";
    if schema.get(preserve).and_then(Node::as_bool) == Some(false) {
        errors.push(Error::invalid(path.child(preserve), &false.into(), "must be true or undefined"));
    }
    let kind = schema.text("type");
    for (extension, wanted) in [("x-kubernetes-map-type", "object"), ("x-kubernetes-list-type", "array")] {
        if schema.get(extension).is_none() || kind == wanted {
            continue;
        }
        let detail = format!("must be {wanted} if {extension} is specified");
        errors.push(if kind.is_empty() {
            Error::required(path.child("type"), detail)
        } else {
            Error::invalid_text(path.child("type"), kind, detail)
        });
    }
    let supported: [(&str, &[&str]); 2] =
        [("x-kubernetes-map-type", &["atomic", "granular"]), ("x-kubernetes-list-type", &["atomic", "set", "map"])];
    for (extension, supported) in supported {
        let given = schema.get(extension);
        if let Some(given) = given.filter(|given| !given.as_str().is_some_and(|text| supported.contains(&text))) {
            errors.push(Error::not_supported(path.child(extension), &given.to_value(), supported));
        }
    }
}
