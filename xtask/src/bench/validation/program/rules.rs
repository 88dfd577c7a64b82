//! Measures rules: what it takes to compile those of a schema, and to evaluate one of them, here and with the crate `cel`.
//!
//! Arguments: `compile` or `rules`, and the seconds of each measurement. Standard input: a line of JSON for each schema or
//! rule. Prints a line of JSON for each; times are nanoseconds of the processor.

use std::{
    error::Error,
    hint::black_box,
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use crdgen_schema::{
    json,
    rule::{self, Budget, Replaced, Rules},
    schema::Schema,
};
use nix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use super::{allocations, clock::nanoseconds};

/// Answers each line of standard input.
pub fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, seconds] = arguments.as_slice() else { return Err("compile|rules SECONDS".into()) };
    let seconds = seconds.parse()?;
    // What peers say when they panic is of no interest here.
    panic::set_hook(Box::new(|_| ()));
    for line in std::io::stdin().lines() {
        let line = json::parse(line?.as_bytes())?;
        let answer = match Schema::from_value(&line["schema"]) {
            Err(error) => json!({"error": error.to_string()}),
            Ok(schema) if command == "compile" => compile(&schema, seconds),
            Ok(schema) => evaluate(&line, &schema, seconds),
        };
        println!("{answer}");
    }
    Ok(())
}

/// The time that the processor has worked for this program.
fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

fn compile(schema: &Schema, seconds: f64) -> Value {
    let plan = nanoseconds(cpu, seconds, || drop(black_box(Rules::new(black_box(schema)))));
    let report = nanoseconds(cpu, seconds, || report(black_box(schema), true));
    json!({"plan": plan, "report": report})
}

/// The static costs of all rules.
fn report(schema: &Schema, is_root: bool) {
    if !schema.validations.is_empty() {
        black_box(rule::report(schema, is_root));
    }
    schema.children().for_each(|child| report(child, child.embedded_resource));
}

fn evaluate(line: &Value, schema: &Schema, seconds: f64) -> Value {
    let value = &line["value"];
    let is_root = line["isRoot"] == true;
    let rules = if is_root { Rules::new(schema) } else { Rules::of_part(schema) };
    let check = || rules.check_within(black_box(value), schema, Replaced::Nothing, &mut Budget::default());
    if let Some(error) = check().iter().next() {
        return json!({"error": error.to_string()});
    }
    let mut found = json!({
        "evaluate": nanoseconds(cpu, seconds, || drop(black_box(check()))),
        "allocations": allocations::of(|| drop(black_box(check()))),
    });
    let text = line["schema"]["x-kubernetes-validations"][0]["rule"].as_str().unwrap_or_default();
    found["cel"] = panic::catch_unwind(AssertUnwindSafe(|| by_cel(text, value, seconds)))
        .unwrap_or_else(|_| json!({"error": "panic"}));
    found
}

/// The same rule and value with the crate `cel`. The value is converted before the time is taken.
fn by_cel(rule: &str, value: &Value, seconds: f64) -> Value {
    let program = match cel::Program::compile(rule) {
        Ok(program) => program,
        Err(error) => return json!({"error": format!("compile: {error}")}),
    };
    let mut context = cel::Context::default();
    if let Err(error) = context.add_variable("self", value) {
        return json!({"error": error.to_string()});
    }
    match program.execute(&context) {
        Ok(cel::Value::Bool(true)) => json!({
            "evaluate": nanoseconds(cpu, seconds, || drop(black_box(program.execute(black_box(&context))))),
            "allocations": allocations::of(|| drop(black_box(program.execute(black_box(&context))))),
        }),
        Ok(other) => json!({"error": format!("answer: {other:?}")}),
        Err(error) => json!({"error": format!("evaluate: {error}")}),
    }
}
