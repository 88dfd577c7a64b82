//! Objects through generated types and back: the program that does it, and the comparison.
//!
//! In goes what the API server would store; out must come the same JSON. Numbers are compared as the API server
//! prints them: 1.0 is 1.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{
    batch::Members,
    objects::Object,
    report::{Report, Stage},
};

/// The main file of a batch: one call for each resource, chosen by the type's path that starts a line of input.
pub(crate) fn program(members: &Members) -> String {
    let mut modules = String::new();
    let mut arms = String::new();
    for (module, crd) in members {
        // As in a binary of a user's, where whatever is not used is warned of.
        let _ = writeln!(modules, "mod {module};");
        for resource in &crd.resources {
            let path = format!("{module}::{}", resource.path);
            let _ = writeln!(arms, "        \"{path}\" => pass::<{path}>(json),");
        }
    }
    format!(
        "//! Sends each line's object through its generated type.
{modules}
fn main() {{
    for line in std::io::stdin().lines() {{
        let line = line.expect(\"standard input\");
        let (path, json) = line.split_once(' ').expect(\"a path and an object\");
        println!(\"{{}}\", answer(path, json).unwrap_or_else(|error| format!(\"error: {{error}}\")));
    }}
}}

fn answer(path: &str, json: &str) -> Result<String, serde_json::Error> {{
    match path {{
{arms}        _ => unreachable!(),
    }}
}}

fn pass<K: serde::Serialize + serde::de::DeserializeOwned>(json: &str) -> Result<String, serde_json::Error> {{
    serde_json::to_string(&serde_json::from_str::<K>(json)?)
}}
"
    )
}

/// The program's input: a line an object.
pub(crate) fn lines(objects: &[&Object]) -> String {
    let mut text = String::new();
    for object in objects {
        let _ = writeln!(text, "{}::{} {}", object.module, object.path, object.stored);
    }
    text
}

/// Compares the program's answers, a line an object, with what went in.
pub(crate) fn compare(objects: &[&Object], answers: &str, report: &mut Report) -> Result<()> {
    ensure!(answers.lines().count() == objects.len(), "the program answered {} lines", answers.lines().count());
    for (object, answer) in objects.iter().zip(answers.lines()) {
        if !object.valid && answer.starts_with("error: ") {
            // Both refuse it: a required field is missing, say.
            report.tried -= 1;
            report.refused += 1;
            continue;
        }
        if let Some(error) = answer.strip_prefix("error: ") {
            let cause = error.split(" at line ").next().unwrap_or(error);
            report.fail(Stage::RoundTrip, cause, object.name.clone());
            continue;
        }
        let back: Value = serde_json::from_str(answer).with_context(|| format!("what came back of {}", object.name))?;
        match difference(&object.stored, &back, "") {
            None => report.equal += 1,
            Some(place) => report.fail(Stage::RoundTrip, &place, object.name.clone()),
        }
    }
    Ok(())
}

/// The first place where two values differ, if they do.
fn difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let missing = a.keys().find(|key| !b.contains_key(*key)).map(|key| format!("lost {path}.{key}"));
            let added = || b.keys().find(|key| !a.contains_key(*key)).map(|key| format!("added {path}.{key}"));
            missing
                .or_else(added)
                .or_else(|| a.iter().find_map(|(key, value)| difference(value, b.get(key)?, &format!("{path}.{key}"))))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).find_map(|(a, b)| difference(a, b, &format!("{path}[]")))
        }
        (Value::Number(a), Value::Number(b))
            if a.as_f64() == b.as_f64() && a.as_i64().is_none() | b.as_i64().is_none() =>
        {
            None
        }
        _ => (left != right).then(|| format!("changed {path}")),
    }
}
