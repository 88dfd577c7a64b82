//! The constraints of one schema node → rules.
//!
//! In: a [`Schema`]. Out: its [`Rule`]s, and the keywords that no rule expresses. What the type itself says (an enum of
//! strings, `int32`) is no rule. CEL rules are not read here: they are documentation only.

use crdgen_schema::schema::{AdditionalProperties, ListType, Schema, SchemaType};
use serde_json::Number;

use crate::model::{Bound, Rule};

/// The rules of a value, and the keywords among its own and its elements' that are left unchecked.
pub(super) fn of(schema: &Schema) -> (Vec<Rule>, Vec<&'static str>) {
    let mut unchecked = Vec::new();
    let rules = collect(schema, &mut unchecked);
    (rules, unchecked)
}

/// As [`of`], for the root of a resource, which is no field: all its own rules are left unchecked.
pub(super) fn of_root(schema: &Schema) -> (Vec<Rule>, Vec<&'static str>) {
    let (rules, mut unchecked) = of(schema);
    for rule in &rules {
        unchecked.push(match rule {
            Rule::OneOfRequired(_) => "oneOf",
            Rule::AnyOfRequired(_) => "anyOf",
            _ => continue,
        });
    }
    (Vec::new(), unchecked)
}

fn collect(schema: &Schema, unchecked: &mut Vec<&'static str>) -> Vec<Rule> {
    let mut rules = Vec::new();
    string_rules(schema, &mut rules);
    number_rules(schema, &mut rules);
    size_rules(schema, &mut rules);
    enumeration(schema, &mut rules);
    combinators(schema, &mut rules, unchecked);
    if !required_keys(schema).is_empty() {
        unchecked.push("required");
    }
    if let Some(items) = &schema.items {
        rules.extend(nested(Rule::Items, collect(items, unchecked)));
    }
    // Beside properties the values are no map, and have no place of their own.
    if let (Some(AdditionalProperties::Schema(values)), true) =
        (&schema.additional_properties, schema.properties.is_empty())
    {
        rules.extend(nested(Rule::Values, collect(values, unchecked)));
    }
    rules
}

/// Keys that an object must have, and that are no fields of its type. Every resource has its own three.
pub(super) fn required_keys(schema: &Schema) -> Vec<String> {
    let is_object = matches!(schema.kind, Some(SchemaType::Object) | None);
    let is_key = |key: &&String| {
        is_object
            && !schema.properties.contains_key(*key)
            && !["apiVersion", "kind", "metadata"].contains(&key.as_str())
    };
    schema.required.iter().filter(is_key).cloned().collect()
}

fn nested(wrap: fn(Vec<Rule>) -> Rule, rules: Vec<Rule>) -> Option<Rule> {
    (!rules.is_empty()).then(|| wrap(rules))
}

fn string_rules(schema: &Schema, rules: &mut Vec<Rule>) {
    // The range of an integer's format is the range of its type.
    let format = schema.format.as_ref().filter(|_| schema.kind != Some(SchemaType::Integer) && !schema.int_or_string);
    rules.extend(format.cloned().map(Rule::Format));
    rules.extend(schema.min_length.map(Rule::MinLength));
    rules.extend(schema.max_length.map(Rule::MaxLength));
    rules.extend(schema.pattern.clone().map(Rule::Pattern));
}

fn number_rules(schema: &Schema, rules: &mut Vec<Rule>) {
    rules.extend(schema.minimum.as_ref().and_then(bound).map(|it| Rule::Minimum(it, schema.exclusive_minimum)));
    rules.extend(schema.maximum.as_ref().and_then(bound).map(|it| Rule::Maximum(it, schema.exclusive_maximum)));
    rules.extend(schema.multiple_of.as_ref().and_then(bound).map(Rule::MultipleOf));
}

fn bound(number: &Number) -> Option<Bound> {
    number.as_i64().map(Bound::Int).or_else(|| number.as_f64().map(Bound::Float))
}

fn size_rules(schema: &Schema, rules: &mut Vec<Rule>) {
    rules.extend(schema.min_items.map(Rule::MinItems));
    rules.extend(schema.max_items.map(Rule::MaxItems));
    rules.extend(schema.min_properties.map(Rule::MinProperties));
    rules.extend(schema.max_properties.map(Rule::MaxProperties));
    match schema.list_type {
        Some(ListType::Set) => rules.push(Rule::Unique),
        Some(ListType::Map) => rules.push(Rule::ListMap(schema.list_map_keys.clone())),
        Some(ListType::Atomic) | None => {}
    }
}

/// An enum of a type that is not turned into a Rust enum.
fn enumeration(schema: &Schema, rules: &mut Vec<Rule>) {
    let string = schema.kind == Some(SchemaType::String) && !schema.int_or_string;
    if schema.enumeration.is_empty() || string && schema.enumeration.iter().any(serde_json::Value::is_string) {
        return;
    }
    rules.push(Rule::OneOf(schema.enumeration.iter().map(ToString::to_string).collect()));
}

fn combinators(schema: &Schema, rules: &mut Vec<Rule>, unchecked: &mut Vec<&'static str>) {
    if !schema.one_of.is_empty() {
        match required_branches(&schema.one_of) {
            Some(branches) => rules.push(Rule::OneOfRequired(branches)),
            None => unchecked.push("oneOf"),
        }
    }
    if !schema.any_of.is_empty() && !is_integer_or_string(schema, &schema.any_of) {
        match required_branches(&schema.any_of) {
            Some(branches) => rules.push(Rule::AnyOfRequired(branches)),
            None => unchecked.push("anyOf"),
        }
    }
    for branch in &schema.all_of {
        all_of(schema, branch, rules, unchecked);
    }
    if schema.not.is_some() {
        unchecked.push("not");
    }
}

/// A branch of `allOf` that speaks only of this value is a part of it.
fn all_of(schema: &Schema, branch: &Schema, rules: &mut Vec<Rule>, unchecked: &mut Vec<&'static str>) {
    let deeper = branch.items.is_some()
        || branch.additional_properties.is_some()
        || !branch.properties.is_empty()
        || !branch.required.is_empty();
    if deeper {
        unchecked.push("allOf");
        return;
    }
    let branch = Schema { int_or_string: schema.int_or_string, ..branch.clone() };
    rules.extend(collect(&branch, unchecked));
}

/// The form that `x-kubernetes-int-or-string` has in most CRDs.
fn is_integer_or_string(schema: &Schema, branches: &[Schema]) -> bool {
    let plain = |branch: &Schema| {
        matches!(branch.kind, Some(SchemaType::Integer | SchemaType::String))
            && *branch == Schema { at: branch.at, kind: branch.kind, ..Schema::default() }
    };
    schema.int_or_string && branches.iter().all(plain)
}

/// The keys of each branch, if branches say nothing but which keys must be there.
fn required_branches(branches: &[Schema]) -> Option<Vec<Vec<String>>> {
    branches.iter().map(required_only).collect()
}

fn required_only(branch: &Schema) -> Option<Vec<String>> {
    let says_nothing = |schema: &Schema| {
        let Schema { at, title, description, .. } = schema;
        *schema == Schema { at: *at, title: title.clone(), description: description.clone(), ..Schema::default() }
    };
    if branch.required.is_empty() || !branch.properties.values().all(says_nothing) {
        return None;
    }
    let rest = Schema { required: Vec::new(), properties: indexmap::IndexMap::new(), ..branch.clone() };
    says_nothing(&rest).then(|| branch.required.clone())
}
