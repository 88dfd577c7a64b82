//! The shape of `x-kubernetes-validations`; [`crate::rule::acceptance`] judges the expressions.
//!
//! In: a schema as it was posted. Out: field errors about the shape of its rules.

use super::{raw_schema::RawSchema, structural};
use crate::{
    field::{Error, Errors, Path},
    field_path,
    node::Node,
};

const REASONS: [&str; 4] = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/// Checks the rules of one schema.
pub(super) fn check(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    let rules = schema.items_of("x-kubernetes-validations");
    let path = path.child("x-kubernetes-validations");
    // Paths into a schema that is refused anyway are not judged.
    let has_paths =
        rules.iter().any(|rule| rule["fieldPath"].as_str().is_some()) && structural::unsupported(schema).is_none();
    for (index, rule) in rules.iter().enumerate() {
        let path = path.index(index);
        check_rule(rule, &path, errors);
        if has_paths {
            check_field_path(rule["fieldPath"].as_str().unwrap_or_default(), schema, &path.child("fieldPath"), errors);
        }
    }
}

fn check_rule(rule: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let text = |name: &str| rule[name].as_str().unwrap_or_default();
    let (expression, message) = (text("rule").trim(), text("message"));
    let message_path = path.child("message");
    if expression.is_empty() {
        errors.push(Error::required(path.child("rule"), "rule is not specified"));
    } else if !message.is_empty() && message.trim().is_empty() {
        errors.push(Error::invalid_text(message_path, message, "must be non-empty if specified"));
    } else if has_line_breaks(message.trim()) {
        errors.push(Error::invalid_text(message_path, message, "must not contain line breaks"));
    } else if has_line_breaks(expression) && message.is_empty() {
        errors.push(Error::required(message_path, "message must be specified if rule contains line breaks"));
    }
    let message_expression = text("messageExpression");
    if !message_expression.is_empty() && message_expression.trim().is_empty() {
        let detail = "messageExpression must be non-empty if specified";
        errors.push(Error::required(path.child("messageExpression"), detail));
    }
    let reason = rule.get("reason").filter(|reason| !reason.is_null());
    if let Some(reason) = reason.filter(|reason| !reason.as_str().is_some_and(|text| REASONS.contains(&text))) {
        errors.push(Error::not_supported(path.child("reason"), &reason.to_value(), &REASONS));
    }
    let field_path = text("fieldPath");
    if !field_path.is_empty() && field_path.trim().is_empty() {
        errors.push(Error::invalid_text(path.child("fieldPath"), field_path, "must be non-empty if specified"));
    }
    if has_line_breaks(field_path) {
        errors.push(Error::invalid_text(path.child("fieldPath"), field_path, "must not contain line breaks"));
    }
}

fn check_field_path(given: &str, schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    if !given.is_empty() && field_path::resolve(given, schema, true, RawSchema::member).is_err() {
        errors.push(Error::invalid_text(path, given, "must be a valid path"));
    }
}

fn has_line_breaks(text: &str) -> bool {
    text.contains(['\n', '\r'])
}
