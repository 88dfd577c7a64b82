//! Expressions of the CEL conformance suite and of Kubernetes' libraries.
//!
//! In: lines of `cel-conformance.jsonl` and `cel-k8slib.jsonl`. Out: how many agree with what Kubernetes' environment answers, on
//! what comes out, its type, the words of errors, and the cost; and what differs.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use crdgen_cel::{Arena, Compiled, Duration, Environment, Evaluation, List, Map, Timestamp, Type, Value};
use serde_json::{Value as Json, json};

/// How many differences of each kind are shown.
const EXAMPLES: usize = 8;
/// Kubernetes' limit for one evaluation.
const BUDGET: u64 = 1_000_000;

/// What is compared.
const ASPECTS: [&str; 5] = ["outcome", "value", "type", "words", "cost"];

/// The agreement of one file, for each aspect: how many cases have it, how many agree, and what differs.
#[derive(Default)]
pub(super) struct Agreement {
    aspects: BTreeMap<&'static str, Aspect>,
}

#[derive(Default)]
struct Aspect {
    cases: usize,
    differing: Vec<String>,
}

/// What an expression comes to.
enum Answer {
    Value { value: Json, output: String, cost: u64 },
    Error { message: String, cost: u64 },
    CompileError(String),
}

/// Runs one file.
pub(super) fn run(file: &Path) -> Result<Agreement> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut agreement = Agreement::default();
    for (number, line) in (1..).zip(text.lines()) {
        let case: Json = serde_json::from_str(line).with_context(|| format!("{} line {number}", file.display()))?;
        agreement.compare(&case, &answer(&case));
    }
    Ok(agreement)
}

impl Agreement {
    fn compare(&mut self, case: &Json, found: &Answer) {
        let expected = &case["k8s"];
        let kind =
            ["value", "error", "compileError"].into_iter().find(|kind| !expected[*kind].is_null()).unwrap_or("none");
        self.add("outcome", case, &json!(kind), &json!(found.kind()));
        match found {
            _ if found.kind() != kind => return,
            Answer::Value { value, output, .. } => {
                self.add("value", case, &expected["value"], value);
                self.add("type", case, &expected["outputType"], &json!(output));
            }
            Answer::Error { message, .. } | Answer::CompileError(message) => {
                let expected = expected[kind].as_str().unwrap_or_default();
                // Long messages are recorded up to an ellipsis.
                let cut = expected.strip_suffix('…').filter(|start| message.starts_with(start));
                self.add("words", case, &json!(cut.unwrap_or(expected)), &json!(cut.unwrap_or(message)));
            }
        }
        if let (Some(expected), Answer::Value { cost, .. } | Answer::Error { cost, .. }) =
            (case["cost"].as_u64(), found)
        {
            self.add("cost", case, &json!(expected), &json!(cost));
        }
    }

    fn add(&mut self, aspect: &'static str, case: &Json, expected: &Json, found: &Json) {
        let aspect = self.aspects.entry(aspect).or_default();
        aspect.cases += 1;
        if expected != found {
            aspect
                .differing
                .push(format!("{}  {}\n      expected {expected}\n      found    {found}", case["id"], case["expr"]));
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.aspects.values().all(|aspect| aspect.differing.is_empty())
    }

    pub(super) fn print(&self, name: &str) {
        let shown = ASPECTS.iter().filter_map(|name| {
            let aspect = self.aspects.get(name)?;
            let same = aspect.cases - aspect.differing.len();
            let hundredths = same * 10_000 / aspect.cases;
            Some(format!("{name} {same} of {} ({}.{:02} %)", aspect.cases, hundredths / 100, hundredths % 100))
        });
        println!("{name}: {}", shown.collect::<Vec<_>>().join(", "));
        for (aspect, found) in &self.aspects {
            for difference in found.differing.iter().take(EXAMPLES) {
                println!("  {aspect}: {difference}");
            }
            if found.differing.len() > EXAMPLES {
                println!("  {aspect}: {} more", found.differing.len() - EXAMPLES);
            }
        }
    }
}

impl Answer {
    fn kind(&self) -> &'static str {
        match self {
            Self::Value { .. } => "value",
            Self::Error { .. } => "error",
            Self::CompileError(_) => "compileError",
        }
    }
}

/// Compiles and evaluates the expression of a case.
fn answer(case: &Json) -> Answer {
    let arena = Arena::new();
    let (mut environment, mut variables) = (Environment::new(crdgen_schema::rule::library()), Vec::new());
    for (name, declared) in case["types"].as_object().into_iter().flatten() {
        environment = environment.variable(name, type_of(declared.as_str().unwrap_or_default()));
        variables.push(from_json(&case["bindings"][name], &arena));
    }
    let compiled = match environment.compile(case["expr"].as_str().unwrap_or_default()) {
        Ok(compiled) => compiled,
        Err(issues) => return Answer::CompileError(issues.to_string()),
    };
    evaluate(&compiled, &arena, &variables)
}

fn evaluate(compiled: &Compiled, arena: &Arena, variables: &[Value<'_>]) -> Answer {
    let program = match compiled.program() {
        Ok(program) => program,
        Err(message) => return Answer::CompileError(message),
    };
    let Evaluation { outcome, cost } = program.evaluate(arena, variables, BUDGET);
    match outcome {
        Ok(value) => Answer::Value { value: to_json(value, arena), output: go_type(compiled.output()), cost },
        Err(fault) => Answer::Error { message: fault.message().to_owned(), cost },
    }
}

/// The type that a case names.
fn type_of(name: &str) -> Type {
    if let Some(item) = name.strip_prefix("list(").and_then(|rest| rest.strip_suffix(')')) {
        return Type::list(type_of(item));
    }
    let entry = name.strip_prefix("map(").and_then(|rest| rest.strip_suffix(')')).and_then(|rest| rest.split_once(','));
    if let Some((key, value)) = entry {
        return Type::map(type_of(key), type_of(value));
    }
    match name {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "int" => Type::Int,
        "null_type" => Type::Null,
        "string" => Type::String,
        "uint" => Type::Uint,
        _ => Type::Dyn,
    }
}

/// A type as Go prints it.
fn go_type(found: &Type) -> String {
    match found {
        Type::Duration | Type::Timestamp | Type::Null => found.runtime_name().to_owned(),
        Type::Type(Some(inner)) if **inner == Type::Null => "type(null_type)".to_owned(),
        other => {
            let text = other.to_string();
            text.replace("timestamp", "google.protobuf.Timestamp").replace("duration", "google.protobuf.Duration")
        }
    }
}

/// A value that a case writes as `{"int": "5"}`, `{"list": […]}` and the like.
fn from_json<'a>(json: &'a Json, arena: &'a Arena) -> Value<'a> {
    let Some((kind, value)) = json.as_object().and_then(|members| members.iter().next()) else { return Value::Null };
    let text = value.as_str().unwrap_or_default();
    match &**kind {
        "bool" => Value::Bool(value.as_bool().unwrap_or_default()),
        "int" => Value::Int(text.parse().unwrap_or_default()),
        "uint" => Value::Uint(text.parse().unwrap_or_default()),
        "double" => Value::Double(value.as_f64().unwrap_or_else(|| text.parse().unwrap_or(f64::NAN))),
        "string" => Value::String(text),
        "bytes" => Value::Bytes(arena.bytes(&BASE64_STANDARD.decode(text).unwrap_or_default())),
        "list" => {
            let items: Vec<_> = value.as_array().into_iter().flatten().map(|item| from_json(item, arena)).collect();
            Value::List(List::Values(arena.values(&items)))
        }
        "map" => {
            let entries = value.as_array().into_iter().flatten();
            let entries = entries.map(|entry| (from_json(&entry[0], arena), from_json(&entry[1], arena)));
            Value::Map(Map::from_entries(entries.collect(), arena))
        }
        _ => Value::Null,
    }
}

/// The inverse of [`from_json`].
fn to_json(value: Value<'_>, arena: &Arena) -> Json {
    match value {
        Value::Null => json!({"null": true}),
        Value::Bool(flag) => json!({"bool": flag}),
        Value::Int(number) => json!({"int": number.to_string()}),
        Value::Uint(number) => json!({"uint": number.to_string()}),
        Value::Double(number) => json!({"double": double(number)}),
        Value::String(text) => json!({"string": text}),
        Value::Bytes(bytes) => json!({"bytes": BASE64_STANDARD.encode(bytes)}),
        Value::Duration(duration @ Duration { .. }) => json!({"duration": duration.go_text()}),
        Value::Timestamp(time) => json!({"timestamp": Timestamp { offset: 0, ..time }.rfc3339()}),
        Value::Type(name) => json!({"type": name}),
        Value::Optional(None) => json!({"optional": null}),
        Value::Optional(Some(value)) => json!({"optional": to_json(*value, arena)}),
        Value::List(list) => {
            let items = list.iter(arena).map(|item| item.map_or(Json::Null, |item| to_json(item, arena)));
            json!({"list": items.collect::<Vec<_>>()})
        }
        Value::Map(map) => {
            let entries = map.entries(arena).unwrap_or_default();
            let mut entries: Vec<_> =
                entries.into_iter().map(|(key, value)| (to_json(key, arena), to_json(value, arena))).collect();
            entries.sort_by_key(|(key, _)| key.to_string());
            json!({"map": entries})
        }
        Value::Opaque(opaque) => json!({"other": opaque.kind.name}),
    }
}

fn double(number: f64) -> Json {
    match number {
        f64::INFINITY => json!("Infinity"),
        f64::NEG_INFINITY => json!("-Infinity"),
        number if number.is_nan() => json!("NaN"),
        number => json!(number),
    }
}
