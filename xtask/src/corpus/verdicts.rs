//! Verdicts of generated types beside those of the schema, for the cases of a conformance file.
//!
//! In goes what a client would send, with what storage would have set; out must come the same errors, in the same words.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use anyhow::{Context, Result, ensure};
use crdgen_schema::{
    definition::Definition,
    strategy::{Operation, Strategy, registry},
};
use serde_json::Value;

use super::{
    batch::Members,
    generate::{Generated, Resource},
    objects::print_as_go,
    report::{Report, Stage},
};
use crate::conformance::object::set_stored_fields;

/// A case, as JSON.
pub(crate) type Case = Value;

/// A request that a generated type is asked about.
pub(crate) struct Request {
    name: String,
    /// The path of the type in the program.
    path: String,
    operation: String,
    object: Value,
    old: Value,
    /// The errors that the schema finds.
    expected: BTreeSet<String>,
}

/// The cases of a file, without objects whose numbers JSON readers cannot hold.
pub(crate) fn read(file: &Path) -> Result<Vec<Case>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text.lines().filter_map(|line| crdgen_schema::json::parse(line.as_bytes()).ok()).collect())
}

/// The requests of those cases that are about a generated CRD and get as far as validation.
pub(crate) fn requests(cases: &[Case], generated: &[Generated]) -> Vec<Request> {
    let text = |case: &Case, name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let of = |case: &Case| {
        let crd = generated.iter().find(|crd| text(case, "crd").ends_with(&crd.name))?;
        let resource = crd.resources.iter().find(|resource| resource.version == text(case, "version"))?;
        let path = format!("{}::{}", crd.module, resource.path);
        Request::new(case, text(case, "id"), path, text(case, "op"), resource)
    };
    cases.iter().filter_map(of).collect()
}

impl Request {
    fn new(case: &Case, name: String, path: String, operation: String, resource: &Resource) -> Option<Self> {
        let definition: &Definition = &resource.definition;
        let strategy = Strategy::new(definition, &resource.version)?;
        let (mut object, mut old) = (case["object"].clone(), case["old"].clone());
        // A type writes 1.0 as the server stores it: 1.
        print_as_go(&mut object);
        print_as_go(&mut old);
        if object["apiVersion"] != format!("{}/{}", resource.group, resource.version).as_str() {
            return None;
        }
        registry::place(&mut object, definition.scope);
        if !old.is_null() {
            registry::place(&mut old, definition.scope);
            strategy.decode(&mut old).ok()?;
            set_stored_fields(&mut old);
            object["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"].clone();
        }
        let has_status =
            definition.versions.iter().any(|version| version.name == resource.version && version.status_subresource);
        if let (true, "create", Some(members)) = (has_status, operation.as_str(), object.as_object_mut()) {
            members.remove("status");
        }
        let expected = expected(&strategy, &object, &old, &operation)?;
        Some(Self { name, path, operation, object, old, expected })
    }
}

/// What the schema says; none if the object is refused before it is validated.
fn expected(strategy: &Strategy, object: &Value, old: &Value, operation: &str) -> Option<BTreeSet<String>> {
    let mut object = object.clone();
    strategy.decode(&mut object).ok()?;
    let write = match operation {
        "update" => Operation::Update { old },
        "status" => Operation::Status { old },
        _ => Operation::Create,
    };
    let errors = registry::write(strategy, &mut object, write);
    Some(errors.iter().map(ToString::to_string).collect())
}

/// The program that judges: a line of input is an operation, the type's path, the object and the one that it replaces.
pub(crate) fn program(members: &Members) -> String {
    let (mut modules, mut arms) = (String::new(), String::new());
    for (module, crd) in members {
        let _ = writeln!(modules, "mod {module};");
        for resource in &crd.resources {
            let path = format!("{module}::{}", resource.path);
            let _ = writeln!(arms, "        \"{path}\" => judge::<{path}>(operation, new, old),");
        }
    }
    format!(
        "//! Judges each line's object by its generated type.
{modules}
use crdgen_runtime::{{Operation, Validate}};

fn main() {{
    for line in std::io::stdin().lines() {{
        let line = line.expect(\"standard input\");
        let parts: Vec<&str> = line.split('\\t').collect();
        let [operation, path, new, old] = parts[..] else {{ unreachable!() }};
        let errors = answer(operation, path, new, old).unwrap_or_else(|error| vec![format!(\"unreadable: {{error}}\")]);
        println!(\"{{}}\", serde_json::to_string(&errors).expect(\"texts\"));
    }}
}}

fn answer(operation: &str, path: &str, new: &str, old: &str) -> Result<Vec<String>, serde_json::Error> {{
    match path {{
{arms}        _ => unreachable!(),
    }}
}}

fn judge<K: Validate + serde::de::DeserializeOwned>(
    operation: &str,
    new: &str,
    old: &str,
) -> Result<Vec<String>, serde_json::Error> {{
    let (object, replaced) = (serde_json::from_str::<K>(new), serde_json::from_str::<K>(old));
    let verdict = match (operation, object, replaced) {{
        (\"update\", Ok(new), Ok(old)) => new.validate_update(&old),
        (\"status\", Ok(new), Ok(old)) => new.validate_status_update(&old),
        (\"create\" | \"validate\", Ok(new), _) => new.validate(),
        // What is too wrong for the type is judged as JSON.
        _ => {{
            let (new, old) = (serde_json::from_str(new)?, serde_json::from_str(old)?);
            let operation = match operation {{
                \"update\" => Operation::Update {{ old: &old }},
                \"status\" => Operation::Status {{ old: &old }},
                _ => Operation::Create,
            }};
            K::validate_json(&new, operation)
        }}
    }};
    Ok(verdict.err().into_iter().flatten().map(|error| error.to_string()).collect())
}}
"
    )
}

/// The program's input.
pub(crate) fn lines(requests: &[Request]) -> String {
    let mut text = String::new();
    for request in requests {
        let Request { operation, path, object, old, .. } = request;
        let _ = writeln!(text, "{operation}\t{path}\t{object}\t{old}");
    }
    text
}

/// Compares the program's answers, a line a request, with what the schema says.
pub(crate) fn compare(requests: &[Request], answers: &str, report: &mut Report) -> Result<()> {
    ensure!(answers.lines().count() == requests.len(), "the program answered {} lines", answers.lines().count());
    for (request, answer) in requests.iter().zip(answers.lines()) {
        report.judged += 1;
        let found: BTreeSet<String> = serde_json::from_str(answer)?;
        if found == request.expected {
            report.agreed += 1;
        } else {
            let first = |errors: &BTreeSet<String>, others: &BTreeSet<String>| {
                errors.difference(others).next().cloned().unwrap_or_default()
            };
            let cause =
                format!("types: {}; schema: {}", first(&found, &request.expected), first(&request.expected, &found));
            report.fail(Stage::Verdict, &cause, request.name.clone());
        }
    }
    Ok(())
}
