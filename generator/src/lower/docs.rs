//! What a schema node says, as sentences.
//!
//! In: a [`Schema`] and its constraints. Out: [`Docs`]: the description, and one note for each constraint, in Markdown whose
//! code spans hold any text. Whether a line fits rustdoc otherwise is decided when it is rendered.

use crdgen_schema::schema::{Schema, ValidationRule};

use super::constraint;
use crate::{
    markdown::{code, prose},
    model::{Bound, Constraint, Docs},
};

/// The docs of a property. What is said about an object stands on its type.
pub(super) fn of_field<'a>(schema: &'a Schema, constraints: &[Constraint<'_>]) -> Docs<'a> {
    let mut notes = Vec::new();
    if schema.properties.is_empty() {
        notes = notes_of(schema, constraints);
        element_rules(schema, &mut notes);
    }
    if let Some(default) = &schema.default {
        notes.push(format!("Default: {}.", code(&default.to_string())));
    }
    Docs { description: schema.description.as_deref(), notes }
}

/// The docs of an object type.
pub(super) fn of_shape<'a>(schema: &'a Schema, constraints: &[Constraint<'_>]) -> Docs<'a> {
    Docs { description: schema.description.as_deref(), notes: notes_of(schema, constraints) }
}

fn notes_of(schema: &Schema, constraints: &[Constraint<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    let required: Vec<&String> = constraint::required_keys(schema).collect();
    if !required.is_empty() {
        notes.push(format!("Required: {}.", codes(required.into_iter().map(String::as_str))));
    }
    constraint_notes("", constraints, &mut notes);
    notes.extend(schema.validations.iter().map(rule_note));
    notes
}

/// The constraints on a member that every object has, and on what is in it.
pub(super) fn of_implicit(schema: &Schema) -> Vec<String> {
    let mut notes = Vec::new();
    let parts = schema.properties.iter().map(|(key, part)| (format!("{}: ", code(key)), part));
    for (prefix, part) in parts.chain([(String::new(), schema)]) {
        let mut constraints = constraint::of(part, false);
        let names_values = constraints.iter().any(|constraint| matches!(constraint, Constraint::OneOf(_)));
        if !part.enumeration.is_empty() && !names_values {
            constraints.push(Constraint::OneOf(part.enumeration.iter().map(ToString::to_string).collect()));
        }
        constraint_notes(&prefix, &constraints, &mut notes);
    }
    notes
}

/// Rules of items that are not objects. Objects have docs of their own.
fn element_rules(schema: &Schema, notes: &mut Vec<String>) {
    if let Some(items) = schema.items.as_deref().filter(|items| items.properties.is_empty()) {
        notes.extend(items.validations.iter().map(rule_note));
    }
}

fn constraint_notes(prefix: &str, constraints: &[Constraint<'_>], notes: &mut Vec<String>) {
    for constraint in constraints {
        match constraint {
            Constraint::Items(constraints) => element_notes("Each item: ", constraints, notes),
            Constraint::Values(constraints) => element_notes("Each value: ", constraints, notes),
            _ if prefix.is_empty() => notes.push(sentence(constraint)),
            _ => notes.push(format!("{prefix}{}", lower_first(&sentence(constraint)))),
        }
    }
}

/// Constraints about an object's members stand on its type.
fn element_notes(prefix: &str, constraints: &[Constraint<'_>], notes: &mut Vec<String>) {
    for constraint in constraints {
        if !matches!(constraint, Constraint::OneOfRequired(_) | Constraint::AnyOfRequired(_)) {
            constraint_notes(prefix, std::slice::from_ref(constraint), notes);
        }
    }
}

fn sentence(constraint: &Constraint<'_>) -> String {
    match constraint {
        Constraint::Pattern(pattern) => format!("Must match {}.", code(pattern)),
        Constraint::Format("int32") => "Fits in 32 bits.".to_owned(),
        Constraint::Format(format) => format!("Format: {}.", code(format)),
        Constraint::MinLength(length) => format!("At least {}.", count(*length, "character", "characters")),
        Constraint::MaxLength(length) => format!("At most {}.", count(*length, "character", "characters")),
        Constraint::Minimum(bound, false) => format!("At least {}.", number(*bound)),
        Constraint::Minimum(bound, true) => format!("More than {}.", number(*bound)),
        Constraint::Maximum(bound, false) => format!("At most {}.", number(*bound)),
        Constraint::Maximum(bound, true) => format!("Less than {}.", number(*bound)),
        Constraint::MultipleOf(bound) => format!("A multiple of {}.", number(*bound)),
        Constraint::MinItems(items) => format!("At least {}.", count(*items, "item", "items")),
        Constraint::MaxItems(items) => format!("At most {}.", count(*items, "item", "items")),
        Constraint::MinProperties(keys) => format!("At least {}.", count(*keys, "property", "properties")),
        Constraint::MaxProperties(keys) => format!("At most {}.", count(*keys, "property", "properties")),
        Constraint::Unique => "Items are unique.".to_owned(),
        Constraint::ListMap(keys) => format!("Items are unique by {}.", codes(keys.iter().map(String::as_str))),
        Constraint::OneOf(values) => format!("One of {}.", codes(values.iter().map(String::as_str))),
        Constraint::OneOfRequired(branches) => format!("Exactly one of {} is set.", alternatives(branches)),
        Constraint::AnyOfRequired(branches) => format!("At least one of {} is set.", alternatives(branches)),
        Constraint::Items(_) | Constraint::Values(_) => String::new(),
    }
}

fn lower_first(sentence: &str) -> String {
    let (first, rest) = sentence.split_at(sentence.len().min(1));
    format!("{}{rest}", first.to_ascii_lowercase())
}

/// A CEL rule, of which the generated code knows nothing else.
fn rule_note(rule: &ValidationRule) -> String {
    match rule.message.as_deref().map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => format!("Rule: {}", prose(message)),
        None => format!("Rule: {}", code(&rule.rule)),
    }
}

fn count(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn number(bound: Bound) -> String {
    match bound {
        Bound::Int(int) => int.to_string(),
        Bound::Float(float) => format!("{float:?}"),
    }
}

fn alternatives(branches: &[&[String]]) -> String {
    let names: Vec<String> =
        branches.iter().map(|keys| keys.iter().map(|key| code(key)).collect::<Vec<_>>().join(" with ")).collect();
    names.join(", ")
}

fn codes<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.map(code).collect::<Vec<_>>().join(", ")
}
