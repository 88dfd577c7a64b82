//! What objects must have, and values that are listed twice.

use std::collections::BTreeSet;

use crdgen_schema::{
    diagnostic::quote,
    schema::{Schema, SchemaType},
};

use super::report;
use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    for name in undeclared(node) {
        let message = format!("{} is required and not declared: it is dropped, and then missing", quote(name));
        sink.push(
            check::REQUIRED_UNDECLARED,
            node.spot(),
            message,
            "declare it in `properties`, or delete it from `required`",
        );
    }
    check_repeated(node, sink);
    let is_key = node.steps.len() > 1 && node.name().is_some_and(|name| is_list_key(node, name));
    report(
        node,
        sink,
        node.is_required() && schema.default.is_some() && !is_key,
        check::DEFAULT_OF_REQUIRED,
        "the property is required and has a default: it is never missing",
        "delete it from `required`",
    );
    report(
        node,
        sink,
        node.is_required() && node.is_right_beneath("status"),
        check::STATUS_OPTIONAL,
        "the property of the status is required: a controller cannot write the others before it knows this one",
        "delete it from `required`",
    );
}

/// Required names of which the server keeps no value.
fn undeclared<'n>(node: &Node<'n>) -> impl Iterator<Item = &'n String> {
    const GIVEN: [&str; 3] = ["apiVersion", "kind", "metadata"];
    let schema: &'n Schema = node.schema;
    let keeps = schema.kind != Some(SchemaType::Object)
        || schema.preserve_unknown_fields
        || schema.additional_properties.is_some()
        || schema.forbids_additional
        || node.of.definition.preserve_unknown_fields;
    let has_given = schema.embedded_resource || node.steps.is_empty();
    schema.required.iter().filter(move |name| {
        let is_given = has_given && GIVEN.contains(&name.as_str());
        !keeps && !is_given && !schema.properties.contains_key(*name)
    })
}

fn check_repeated(node: &Node<'_>, sink: &mut Sink<'_>) {
    let required = repeated(node.schema.required.iter().map(|name| quote(name)));
    let values = repeated(node.schema.enumeration.iter().map(ToString::to_string));
    for (keyword, repeated) in [("required", required), ("enum", values)] {
        for value in repeated {
            let message = format!("`{keyword}` has {value} twice");
            sink.push(check::REPEATED_VALUE, node.spot(), message, "delete one of them");
        }
    }
}

fn repeated(texts: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| !seen.insert(text.clone())).collect()
}

/// Whether the property is a key of the list that its object is an item of: such a key must be required or have a default.
fn is_list_key(node: &Node<'_>, name: &str) -> bool {
    let root = &node.of.version.schema;
    let [around @ .., item, _] = node.steps else { return false };
    let list = around.iter().try_fold(root, |schema, step| step.descend(schema));
    *item == crdgen_schema::rule::Step::Items
        && list.is_some_and(|list| list.list_map_keys.iter().any(|key| key == name))
}
