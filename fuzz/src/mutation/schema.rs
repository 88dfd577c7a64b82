//! Changes of schemas: keywords that are set, taken away, and rules that are made from what the schema declares.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{NUMBERS, hostile_text};
use crate::grammar::{self, Variable};

const PATTERNS: &[&str] = &[
    "^[a-z]+$",
    "(a*)*b",
    "(a|aa)+$",
    "(x{1,100}){1,10}",
    "a{1001}",
    "[",
    "\\p{Greek}{2,3}|.*\\b",
    "(?i)[^\\x00-\\x{10FFFF}]?",
    "^(([a-z0-9]+[.-])*){0,100}$",
];
const FORMATS: &[&str] = &[
    "int32",
    "int64",
    "double",
    "date-time",
    "duration",
    "byte",
    "uri",
    "email",
    "ipv6",
    "cidr",
    "uuid",
    "password",
    "x",
];

/// Changes one node of the schemas of a CRD's versions.
pub(crate) fn change_schema(random: &mut Rng, definition: &mut Value) {
    let versions = definition["spec"]["versions"].as_array().map_or(0, Vec::len);
    if versions == 0 {
        return;
    }
    let chosen = random.usize(..versions);
    let Some(root) = definition["spec"]["versions"][chosen].pointer_mut("/schema/openAPIV3Schema") else { return };
    let node = node(random, root);
    if let Some(members) = node.as_object_mut() {
        change(random, members);
    }
}

/// A node of a schema, of any depth.
fn node<'s>(random: &mut Rng, schema: &'s mut Value) -> &'s mut Value {
    let mut ways: Vec<String> = ["items", "additionalProperties"]
        .into_iter()
        .filter(|keyword| schema[*keyword].is_object())
        .map(|keyword| format!("/{keyword}"))
        .collect();
    let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
    ways.extend(names.filter(|name| !name.contains(['/', '~'])).map(|name| format!("/properties/{name}")));
    let chosen = random.choice(ways);
    match chosen {
        Some(way) if random.u8(..5) > 0 && schema.pointer(&way).is_some() => {
            let below = &mut schema[way.split('/').nth(1).unwrap_or_default()];
            match way.split('/').nth(2) {
                Some(name) => node(random, &mut below[name]),
                None => node(random, below),
            }
        }
        _ => schema,
    }
}

fn change(random: &mut Rng, schema: &mut Map<String, Value>) {
    match random.u8(..8) {
        0 => {
            let keyword = random.choice(schema.keys()).cloned();
            schema.remove(&keyword.unwrap_or_default());
        }
        1..=3 => {
            let rules: Vec<Value> = (0..random.usize(1..=2)).map(|_| rule(random, schema)).collect();
            schema.insert("x-kubernetes-validations".to_owned(), Value::from(rules));
        }
        4 => drop(schema.insert("default".to_owned(), default(random, schema))),
        _ => {
            let (keyword, value) = keyword(random);
            schema.insert(keyword.to_owned(), value);
        }
    }
}

fn keyword(random: &mut Rng) -> (&'static str, Value) {
    let number = Value::from(NUMBERS[random.usize(..NUMBERS.len())]);
    let small = Value::from(random.u8(..6));
    let flag = Value::Bool(random.bool());
    let branches = json!([{"required": ["a"]}, {"properties": {"a": {"enum": [1]}}}, {"not": {"minLength": 1}}]);
    let all = [
        ("minimum", number.clone()),
        ("maximum", number.clone()),
        ("exclusiveMaximum", flag.clone()),
        ("multipleOf", number),
        ("minLength", small.clone()),
        ("maxLength", small.clone()),
        ("minItems", small.clone()),
        ("maxItems", small.clone()),
        ("maxProperties", small),
        ("uniqueItems", flag.clone()),
        ("nullable", flag.clone()),
        ("pattern", PATTERNS[random.usize(..PATTERNS.len())].into()),
        ("format", FORMATS[random.usize(..FORMATS.len())].into()),
        ("enum", json!(["a", 1, null, {"a": []}])),
        ("required", json!(["a", hostile_text(random)])),
        ("anyOf", branches.clone()),
        ("oneOf", branches.clone()),
        ("allOf", branches),
        ("not", json!({"required": ["a"]})),
        ("type", ["string", "integer", "number", "boolean", "array", "object", "null"][random.usize(..7)].into()),
        ("x-kubernetes-preserve-unknown-fields", Value::Bool(true)),
        ("x-kubernetes-embedded-resource", Value::Bool(true)),
        ("x-kubernetes-int-or-string", Value::Bool(true)),
        ("x-kubernetes-list-type", ["set", "map", "atomic"][random.usize(..3)].into()),
        ("x-kubernetes-list-map-keys", json!(["name"])),
        ("x-kubernetes-map-type", ["granular", "atomic"][random.usize(..2)].into()),
        ("additionalProperties", json!({"type": "string", "maxLength": 3})),
        ("items", json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})),
    ];
    all[random.usize(..all.len())].clone()
}

fn default(random: &mut Rng, schema: &Map<String, Value>) -> Value {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => Value::from(hostile_text(random)),
        Some("integer" | "number") => Value::from(NUMBERS[random.usize(..NUMBERS.len())]),
        Some("boolean") => Value::Bool(random.bool()),
        Some("array") => json!([]),
        _ => json!({}),
    }
}

fn rule(random: &mut Rng, schema: &Map<String, Value>) -> Value {
    let mut variables = Vec::new();
    declare("self", schema, 3, &mut variables);
    if random.u8(..4) == 0 {
        declare("oldSelf", schema, 2, &mut variables);
    }
    let mut rule = json!({"rule": grammar::expression(random, "bool", &variables, 3)});
    if random.u8(..4) == 0 {
        rule["messageExpression"] = grammar::expression(random, "string", &variables, 2).into();
    }
    if random.u8(..8) == 0 {
        rule["message"] = hostile_text(random).into();
    }
    if random.u8(..8) == 0 {
        rule["optionalOldSelf"] = Value::Bool(random.bool());
    }
    rule
}

/// What a schema declares beneath a name, in the types of the grammar.
fn declare(name: &str, schema: &Map<String, Value>, depth: usize, variables: &mut Vec<Variable>) {
    let kind = |schema: &Value| schema["type"].as_str().map(str::to_owned).unwrap_or_default();
    let own = Value::Object(schema.clone());
    let kind_here = match &*kind(&own) {
        "string" => "string",
        "integer" => "int",
        "number" => "double",
        "boolean" => "bool",
        "array" if kind(&own["items"]) == "string" => "strings",
        "array" if kind(&own["items"]) == "integer" => "ints",
        "object" if kind(&own["additionalProperties"]) == "integer" => "map",
        _ => "any",
    };
    variables.push(Variable::new(name, kind_here));
    let properties = schema.get("properties").and_then(Value::as_object);
    for (property, below) in properties.into_iter().flatten().filter(|_| depth > 0) {
        if let Some(below) = below.as_object() {
            declare(&format!("{name}.{property}"), below, depth - 1, variables);
        }
    }
}
