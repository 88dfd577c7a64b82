//! Constraints that say nothing, and constraints that nothing fulfils.

use crdgen_schema::{
    diagnostic::escape,
    schema::{Constraints, Schema, SchemaType},
};
use serde_json::{Number, Value};

use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    for (keyword, of) in idle(node.schema) {
        let kind = node.schema.kind.map_or("any", SchemaType::name);
        let message = format!("`{keyword}` is about {of}, and says nothing about values of the type {kind}");
        sink.push(check::IDLE_CONSTRAINT, node.spot(), message, "delete it, or put it where such values are");
    }
    for [least, most] in contradictions(&node.schema.constraints) {
        let message = format!("`{least}` is above `{most}`: no value fulfils both");
        sink.push(check::UNSATISFIABLE, node.spot(), message, "correct one of them");
    }
    check_enumeration(node, sink);
}

fn check_enumeration(node: &Node<'_>, sink: &mut Sink<'_>) {
    let mut strange = node.schema.enumeration.iter().filter(|value| !can_be(node.schema, value));
    let Some(first) = strange.next() else { return };
    let (value, kind) = (escape(&first.to_string()), node.schema.kind.map_or("any", SchemaType::name));
    let (more, are) = match strange.count() {
        0 => (String::new(), "is"),
        1 => (" and another value".to_owned(), "are"),
        more => (format!(" and {more} more values"), "are"),
    };
    let message = format!("{value}{more} of `enum` {are} not of the type {kind}: no value can be equal");
    sink.push(check::UNSATISFIABLE, node.spot(), message, "write it in the type of the schema, or delete it");
}

/// The constraints that do not apply to values of the type, with what they are about.
fn idle(schema: &Schema) -> Vec<(&'static str, &'static str)> {
    let Some(kind) = schema.kind.filter(|_| !schema.int_or_string) else { return Vec::new() };
    let Constraints {
        pattern,
        min_length,
        max_length,
        minimum,
        maximum,
        multiple_of,
        min_items,
        max_items,
        min_properties,
        max_properties,
        ..
    } = &*schema.constraints;
    let (numbers, strings, lists, objects) = ("numbers", "strings", "lists", "objects");
    let all = [
        ("minimum", minimum.is_some(), numbers),
        ("maximum", maximum.is_some(), numbers),
        ("multipleOf", multiple_of.is_some(), numbers),
        ("pattern", pattern.is_some(), strings),
        ("minLength", min_length.is_some(), strings),
        ("maxLength", max_length.is_some(), strings),
        ("minItems", min_items.is_some(), lists),
        ("maxItems", max_items.is_some(), lists),
        ("minProperties", min_properties.is_some(), objects),
        ("maxProperties", max_properties.is_some(), objects),
    ];
    let about = match kind {
        SchemaType::Integer | SchemaType::Number => numbers,
        SchemaType::String => strings,
        SchemaType::Array => lists,
        SchemaType::Object => objects,
        SchemaType::Boolean => "",
    };
    all.into_iter()
        .filter(|(_, is_there, of)| *is_there && *of != about)
        .map(|(keyword, _, of)| (keyword, of))
        .collect()
}

/// Pairs of constraints that exclude each other.
fn contradictions(constraints: &Constraints) -> Vec<[&'static str; 2]> {
    let count = |number: Option<i64>| number.map(Number::from);
    let Constraints { min_length, max_length, min_items, max_items, min_properties, max_properties, .. } = constraints;
    let pairs = [
        (["minimum", "maximum"], constraints.minimum.clone(), constraints.maximum.clone()),
        (["minLength", "maxLength"], count(*min_length), count(*max_length)),
        (["minItems", "maxItems"], count(*min_items), count(*max_items)),
        (["minProperties", "maxProperties"], count(*min_properties), count(*max_properties)),
    ];
    let contradicts = |least: &Option<Number>, most: &Option<Number>| {
        let least_and_most = least.as_ref().and_then(Number::as_f64).zip(most.as_ref().and_then(Number::as_f64));
        least_and_most.is_some_and(|(least, most)| least > most)
    };
    pairs.into_iter().filter(|(_, least, most)| contradicts(least, most)).map(|(names, ..)| names).collect()
}

/// Whether a value has the type of the schema.
fn can_be(schema: &Schema, value: &Value) -> bool {
    let Some(kind) = schema.kind.filter(|_| !schema.int_or_string) else { return true };
    match (kind, value) {
        (_, Value::Null) => schema.nullable,
        (SchemaType::Integer, Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        (SchemaType::Number, Value::Number(_))
        | (SchemaType::String, Value::String(_))
        | (SchemaType::Boolean, Value::Bool(_))
        | (SchemaType::Array, Value::Array(_))
        | (SchemaType::Object, Value::Object(_)) => true,
        _ => false,
    }
}
