//! What a schema node says, as sentences.
//!
//! In: a [`Schema`] and its rules. Out: [`Docs`]: the description, and one note for each constraint, in Markdown whose
//! code spans hold any text. Whether a line fits rustdoc otherwise is decided when it is rendered.

use crdgen_schema::schema::{Schema, ValidationRule};

use super::rule;
use crate::{
    markdown::{code, prose},
    model::{Bound, Docs, Rule},
};

/// The docs of a property. What is said about an object stands on its type.
pub(super) fn of_field(schema: &Schema, rules: &[Rule]) -> Docs {
    let mut notes = Vec::new();
    if schema.properties.is_empty() {
        required_note(schema, &mut notes);
        rule_notes("", rules, &mut notes);
        notes.extend(schema.validations.iter().map(validation_note));
        element_validations(schema, &mut notes);
    }
    if let Some(default) = &schema.default {
        notes.push(format!("Default: {}.", code(&default.to_string())));
    }
    Docs { description: schema.description.clone(), notes }
}

/// The docs of an object type.
pub(super) fn of_shape(schema: &Schema, rules: &[Rule]) -> Docs {
    let mut notes = Vec::new();
    required_note(schema, &mut notes);
    rule_notes("", rules, &mut notes);
    notes.extend(schema.validations.iter().map(validation_note));
    Docs { description: schema.description.clone(), notes }
}

/// The constraints on a member that every object has, and on what is in it.
pub(super) fn constraints(schema: &Schema) -> Vec<String> {
    let mut notes = Vec::new();
    let parts = schema.properties.iter().map(|(key, part)| (format!("{}: ", code(key)), part));
    for (prefix, part) in parts.chain([(String::new(), schema)]) {
        let (mut rules, unchecked) = rule::of(part);
        let names_values = rules.iter().any(|rule| matches!(rule, Rule::OneOf(_)));
        if !part.enumeration.is_empty() && !names_values {
            rules.push(Rule::OneOf(part.enumeration.iter().map(ToString::to_string).collect()));
        }
        rule_notes(&prefix, &rules, &mut notes);
        notes.extend(unchecked.iter().map(|keyword| format!("{prefix}there is a condition ({}).", code(keyword))));
    }
    notes
}

/// Rules of items that are no objects: those have docs of their own.
fn element_validations(schema: &Schema, notes: &mut Vec<String>) {
    if let Some(items) = schema.items.as_deref().filter(|items| items.properties.is_empty()) {
        notes.extend(items.validations.iter().map(validation_note));
    }
}

fn required_note(schema: &Schema, notes: &mut Vec<String>) {
    let keys = rule::required_keys(schema);
    if !keys.is_empty() {
        notes.push(format!("Required: {}.", codes(&keys)));
    }
}

fn rule_notes(prefix: &str, rules: &[Rule], notes: &mut Vec<String>) {
    for rule in rules {
        match rule {
            Rule::Items(rules) => rule_notes("Each item: ", &without_members(rules), notes),
            Rule::Values(rules) => rule_notes("Each value: ", &without_members(rules), notes),
            _ if prefix.is_empty() => notes.push(sentence(rule)),
            _ => notes.push(format!("{prefix}{}", lower_first(&sentence(rule)))),
        }
    }
}

/// Rules about an object's members stand on its type.
fn without_members(rules: &[Rule]) -> Vec<Rule> {
    let own = |rule: &&Rule| !matches!(rule, Rule::OneOfRequired(_) | Rule::AnyOfRequired(_));
    rules.iter().filter(own).cloned().collect()
}

fn sentence(rule: &Rule) -> String {
    match rule {
        Rule::Pattern(pattern) => format!("Must match {}.", code(pattern)),
        Rule::Format(format) => format!("Format: {}.", code(format)),
        Rule::MinLength(length) => format!("At least {}.", count(*length, "character", "characters")),
        Rule::MaxLength(length) => format!("At most {}.", count(*length, "character", "characters")),
        Rule::Minimum(bound, false) => format!("At least {}.", number(*bound)),
        Rule::Minimum(bound, true) => format!("More than {}.", number(*bound)),
        Rule::Maximum(bound, false) => format!("At most {}.", number(*bound)),
        Rule::Maximum(bound, true) => format!("Less than {}.", number(*bound)),
        Rule::MultipleOf(bound) => format!("A multiple of {}.", number(*bound)),
        Rule::MinItems(items) => format!("At least {}.", count(*items, "item", "items")),
        Rule::MaxItems(items) => format!("At most {}.", count(*items, "item", "items")),
        Rule::MinProperties(keys) => format!("At least {}.", count(*keys, "property", "properties")),
        Rule::MaxProperties(keys) => format!("At most {}.", count(*keys, "property", "properties")),
        Rule::Unique => "No item twice.".to_owned(),
        Rule::ListMap(keys) => format!("Items are unique by {}.", codes(keys)),
        Rule::OneOf(values) => format!("One of {}.", codes(values)),
        Rule::OneOfRequired(branches) => format!("Exactly one of {} is set.", alternatives(branches)),
        Rule::AnyOfRequired(branches) => format!("At least one of {} is set.", alternatives(branches)),
        Rule::Items(_) | Rule::Values(_) => String::new(),
    }
}

fn lower_first(sentence: &str) -> String {
    let (first, rest) = sentence.split_at(sentence.len().min(1));
    format!("{}{rest}", first.to_ascii_lowercase())
}

fn validation_note(rule: &ValidationRule) -> String {
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

fn alternatives(branches: &[Vec<String>]) -> String {
    let names: Vec<String> =
        branches.iter().map(|keys| keys.iter().map(|key| code(key)).collect::<Vec<_>>().join(" with ")).collect();
    names.join(", ")
}

fn codes(texts: &[String]) -> String {
    texts.iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}
