//! The rules of structural schemas (KEP-1979).
//!
//! In: a schema as it was posted. Out: field errors: types are given outside of combinators, combinators only restrict what is
//! declared beside them, and metadata is left to the server.

use super::raw_schema::RawSchema;
use crdgen_cel::re2;

use crate::{
    field::{Error, Errors, Path},
    node::{Content, Node},
};

/// Whether a keyword's value counts as set.
type IsSet = fn(&Node<'_>) -> bool;

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Whether a schema is structural.
pub(super) fn holds(schema: RawSchema<'_>) -> bool {
    unsupported(schema).is_none() && check(schema, &Path::ROOT).is_empty()
}

/// A keyword that no structural schema can have, anywhere; such a schema is checked no further here.
pub(super) fn unsupported(schema: RawSchema<'_>) -> Option<String> {
    let is_set = |keyword: &str| {
        schema.get(keyword).is_some_and(|value| match &value.content {
            Content::String(text) => !text.is_empty(),
            Content::Mapping(members) => !members.members().is_empty() || keyword == "additionalItems",
            _ => keyword == "additionalItems",
        })
    };
    let refused = ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"];
    if let Some(keyword) = refused.into_iter().find(|keyword| is_set(keyword)) {
        let named = if keyword == "$schema" { "schema" } else { keyword };
        return Some(format!("OpenAPIV3Schema '{named}' is not supported"));
    }
    if schema.get("x-kubernetes-preserve-unknown-fields").and_then(Node::as_bool) == Some(false) {
        return Some("internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined".to_owned());
    }
    if !schema.items_of("items").is_empty() {
        return Some("OpenAPIV3Schema 'items' must be a schema, but is an array".to_owned());
    }
    schema.children().find_map(unsupported)
}

/// Checks a schema whose keywords are all supported.
pub(super) fn check(schema: RawSchema<'_>, path: &Path<'_>) -> Errors {
    let mut errors = Errors::default();
    check_node(schema, Level::Root, path, &mut errors);
    check_completeness(schema, Some(schema), &path.to_string(), &path.to_string(), &mut errors);
    errors
}

fn check_node(schema: RawSchema<'_>, level: Level, path: &Path<'_>, errors: &mut Errors) {
    if schema.text("type") == "array" && schema.items().is_none() {
        errors.push(Error::required(path.child("items"), "must be specified"));
    }
    if let Some(items) = schema.items() {
        check_node(items, Level::Item, &path.child("items"), errors);
    }
    for (name, property) in schema.properties() {
        check_node(property, Level::Field, &path.child("properties").key(name), errors);
    }
    let embedded = schema.flag("x-kubernetes-embedded-resource");
    if schema.get("additionalProperties").is_some() {
        let path = path.child("additionalProperties");
        if level == Level::Root {
            errors.push(Error::forbidden(path, "must not be used at the root"));
        }
        if embedded {
            errors.push(Error::forbidden(path, "must not be used if x-kubernetes-embedded-resource is set"));
        }
        if let Some(additional) = schema.additional_schema() {
            check_node(additional, Level::Field, &path, errors);
        }
    }
    check_extensions(schema, path, errors);
    check_values(schema, is_int_or_string(schema), path, errors);
    check_type(schema, level, path, errors);
    check_metadata(schema, level, path, errors);
    let keeps = schema.flag("x-kubernetes-preserve-unknown-fields");
    if embedded && !keeps && schema.properties().next().is_none() {
        let detail =
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
        errors.push(Error::required(path.child("properties"), detail));
    }
}

fn check_extensions(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    if !schema.flag("x-kubernetes-int-or-string") {
        return;
    }
    for extension in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] {
        if schema.flag(extension) {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            errors.push(Error::invalid(path.child(extension), &true.into(), detail));
        }
    }
}

fn check_type(schema: RawSchema<'_>, level: Level, path: &Path<'_>, errors: &mut Errors) {
    let kind = schema.text("type");
    let type_path = path.child("type");
    if schema.flag("x-kubernetes-embedded-resource") && kind != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        errors.push(if kind.is_empty() {
            Error::required(type_path, detail)
        } else {
            Error::invalid_text(type_path, kind, detail)
        });
    } else if kind.is_empty()
        && !schema.flag("x-kubernetes-int-or-string")
        && !schema.flag("x-kubernetes-preserve-unknown-fields")
    {
        let detail = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        errors.push(Error::required(type_path, detail));
    }
    if level == Level::Root && !matches!(kind, "" | "object") {
        errors.push(Error::invalid_text(type_path, kind, "must be object at the root"));
    }
}

/// Type and metadata belong to the server; a schema may restrict the names only.
fn check_metadata(schema: RawSchema<'_>, level: Level, path: &Path<'_>, errors: &mut Errors) {
    let is_resource = level == Level::Root || schema.flag("x-kubernetes-embedded-resource");
    let properties = path.child("properties");
    for name in ["kind", "apiVersion"] {
        let kind = schema.property(name).filter(|_| is_resource).map(|property| property.text("type"));
        if let Some(kind) = kind.filter(|kind| *kind != "string") {
            let path = properties.key(name);
            errors.push(Error::invalid_text(path.child("type"), kind, "must be string"));
        }
    }
    let Some(metadata) = schema.property("metadata") else { return };
    let path = properties.key("metadata");
    if is_resource && metadata.text("type") != "object" {
        errors.push(Error::invalid_text(path.child("type"), metadata.text("type"), "must be object"));
    }
    if level == Level::Root && !restricts_names_only(metadata) {
        let detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
        errors.push(Error::forbidden(path, detail));
    }
}

fn restricts_names_only(metadata: RawSchema<'_>) -> bool {
    let names_only = metadata.properties().all(|(name, _)| matches!(name, "name" | "generateName"));
    names_only
        && metadata.node.members().iter().all(|member| match member.name.as_ref() {
            "type" | "default" | "properties" => true,
            "additionalProperties" => member.value.is_null(),
            keyword => is_empty(&member.value) || !super::keyword::is_known(keyword),
        })
}

/// Checks what restricts values: the pattern, and the branches of combinators.
fn check_values(schema: RawSchema<'_>, is_int_or_string: [bool; 2], path: &Path<'_>, errors: &mut Errors) {
    let [skip_any_of, skip_first_all_of] = is_int_or_string;
    for combinator in ["anyOf", "allOf", "oneOf"] {
        if combinator == "anyOf" && skip_any_of {
            continue;
        }
        for (index, branch) in schema.branches(combinator).enumerate() {
            let skip = combinator == "allOf" && index == 0 && skip_first_all_of;
            check_branch(branch, skip, &path.child(combinator).index(index), errors);
        }
    }
    if let Some(not) = schema.get("not") {
        check_branch(RawSchema::new(not), false, &path.child("not"), errors);
    }
    let pattern = schema.text("pattern");
    if pattern.is_empty() {
        return;
    }
    if let Err(error) = re2::check(pattern) {
        let detail = format!("must be a valid regular expression, but isn't: {error}");
        errors.push(Error::invalid_text(path.child("pattern"), pattern, detail));
    }
}

fn check_branch(schema: RawSchema<'_>, skip_any_of: bool, path: &Path<'_>, errors: &mut Errors) {
    check_values(schema, [skip_any_of, false], path, errors);
    if let Some(items) = schema.items() {
        check_branch(items, false, &path.child("items"), errors);
    }
    for (name, property) in schema.properties() {
        check_branch(property, false, &path.child("properties").key(name), errors);
    }
    let forbidden: [(&str, &str, IsSet); 12] = [
        ("type", "must be empty to be structural", is_text),
        ("additionalProperties", "must be undefined to be structural", |value| value.as_bool() != Some(false)),
        ("default", "must be undefined to be structural", |_| true),
        ("title", "must be empty to be structural", is_text),
        ("description", "must be empty to be structural", is_text),
        ("nullable", "must be false to be structural", is_true),
        ("x-kubernetes-preserve-unknown-fields", "must be false to be structural", is_true),
        ("x-kubernetes-embedded-resource", "must be false to be structural", is_true),
        ("x-kubernetes-int-or-string", "must be false to be structural", is_true),
        ("x-kubernetes-list-map-keys", "must be empty to be structural", is_filled),
        ("x-kubernetes-list-type", "must be undefined to be structural", |_| true),
        ("x-kubernetes-map-type", "must be undefined to be structural", |_| true),
    ];
    for (keyword, detail, is_set) in forbidden {
        if schema.get(keyword).is_some_and(is_set) {
            errors.push(Error::forbidden(path.child(keyword), detail));
        }
    }
    if schema.get("x-kubernetes-validations").is_some_and(is_filled) {
        errors.push(Error::forbidden(path.child("x-kubernetes-validations"), "must be empty to be structural"));
    }
    if schema.property("metadata").is_some() {
        let detail = "must not be specified in a nested context";
        errors.push(Error::forbidden(path.child("properties").key("metadata"), detail));
    }
}

/// The two ways to spell int-or-string: as `anyOf`, or as the first branch of `allOf`.
fn is_int_or_string(schema: RawSchema<'_>) -> [bool; 2] {
    let spelled = |schema: RawSchema<'_>| {
        let mut branches = schema.branches("anyOf");
        ["integer", "string"].iter().all(|kind| branches.next().is_some_and(|branch| says_only_type(branch, kind)))
            && branches.next().is_none()
    };
    [spelled(schema), schema.branches("allOf").next().is_some_and(spelled)]
}

fn says_only_type(schema: RawSchema<'_>, kind: &str) -> bool {
    let members = schema.node.members().iter();
    let mut said = members.filter(|member| super::keyword::is_known(&member.name) && !is_empty(&member.value));
    said.all(|member| member.name == "type") && schema.text("type") == kind
}

/// Whether Go drops the value, or reads it as if it were not there.
fn is_empty(value: &Node<'_>) -> bool {
    match &value.content {
        Content::Null | Content::Bool(false) => true,
        Content::String(text) => text.is_empty(),
        Content::Sequence(items) => items.is_empty(),
        _ => false,
    }
}

/// What a branch restricts must be declared outside of combinators.
fn check_completeness(
    branch: RawSchema<'_>,
    declared: Option<RawSchema<'_>>,
    declared_path: &str,
    path: &str,
    errors: &mut Errors,
) {
    let Some(declared) = declared else {
        errors.push(Error::required(declared_path, format!("because it is defined in {path}")));
        return;
    };
    for combinator in ["allOf", "anyOf", "oneOf"] {
        for (index, nested) in branch.branches(combinator).enumerate() {
            let path = format!("{path}.{combinator}[{index}]");
            check_nested_completeness(nested, declared, declared_path, &path, errors);
        }
    }
    if let Some(not) = branch.get("not") {
        check_nested_completeness(RawSchema::new(not), declared, declared_path, &format!("{path}.not"), errors);
    }
}

fn check_nested_completeness(
    nested: RawSchema<'_>,
    declared: RawSchema<'_>,
    declared_path: &str,
    path: &str,
    errors: &mut Errors,
) {
    check_completeness(nested, Some(declared), declared_path, path, errors);
    let items = nested.items().map(|items| (items, declared.items(), "items".to_owned()));
    let properties =
        nested.properties().map(|(name, property)| (property, declared.property(name), format!("properties[{name}]")));
    for (nested, declared, step) in properties.chain(items) {
        let (declared_path, path) = (format!("{declared_path}.{step}"), format!("{path}.{step}"));
        match declared {
            Some(declared) => check_nested_completeness(nested, declared, &declared_path, &path, errors),
            None => errors.push(Error::required(declared_path, format!("because it is defined in {path}"))),
        }
    }
}

fn is_text(value: &Node<'_>) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_true(value: &Node<'_>) -> bool {
    value.as_bool() == Some(true)
}

fn is_filled(value: &Node<'_>) -> bool {
    !value.items().is_empty()
}
