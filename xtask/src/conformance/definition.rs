//! Cases about CRDs: is it accepted, new or in place of another, and is a schema by itself.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use crdgen_schema::{
    acceptance::{self, Rejection, SchemaRequirements},
    field::Errors,
    node::Node,
    strategy::Operation,
    yaml,
};
use serde_json::Value;

use super::verdict::{Judged, Verdict};

/// A CRD, given in the case or as a file.
pub(super) fn judge(case: &Value, data: &Path) -> Result<Judged> {
    let verdict = case.get("expect").unwrap_or(case);
    let expected = Verdict::from_errors(verdict["accepted"] == true, &verdict["errors"]);
    let is_unnamed = case["file"].is_string() && case["name"].is_null();
    if is_unnamed && expected.errors() == [("BadRequest", "")] {
        return Ok(Judged::Skipped("an empty document before the CRD, which the YAML reader leaves out"));
    }
    let document = match case["file"].as_str() {
        None => case["crd"].clone(),
        Some(file) => {
            let text = fs::read_to_string(data.join(file)).with_context(|| format!("cannot read {file}"))?;
            let documents = yaml::parse(&text).documents;
            documents.first().map(Node::to_value).unwrap_or_default()
        }
    };
    Ok(Judged::Compared(vec![(expected, found(&document, Operation::Create))]))
}

/// A CRD of upstream's tests, which are written in Go's internal type: compared is what the server says of the document.
pub(super) fn judge_creation(case: &Value) -> Judged {
    let expect = &case["oracle"];
    let expected = Verdict::from_errors(expect["accepted"] == true, &expect["errors"]);
    Judged::Compared(vec![(expected, found(&case["crd"], Operation::Create))])
}

/// An update of a CRD.
pub(super) fn judge_update(case: &Value) -> Judged {
    if tells(&case["expected"]["errors"], "are mutually exclusive") {
        return Judged::Skipped("a CRD with schemas both for all versions and for each, which v1 cannot express");
    }
    let expect = &case["expected"];
    let expected = Verdict::from_errors(expect["accepted"] == true, &expect["errors"]);
    Judged::Compared(vec![(expected, found(&case["crd"], Operation::Update { old: &case["oldCrd"] }))])
}

/// A schema by itself, under the options of the test, and in a new CRD.
pub(super) fn judge_schema(case: &Value) -> Judged {
    let mut compared = Vec::new();
    let whole = &case["oracle"];
    if is_of_the_server(case) {
        let expect = &case["expected"];
        let expected = Verdict::from_errors(expect["accepted"] == true, &expect["errors"]);
        let has_status = case["statusEnabled"] == true;
        let result = acceptance::check_schema(&case["schema"], has_status, requirements(case));
        compared.push((expected, verdict(result)));
    }
    let expected = Verdict::from_errors(whole["accepted"] == true, &whole["errors"]);
    compared.push((expected, found(&case["crd"], Operation::Create)));
    Judged::Compared(compared)
}

/// Whether a server could answer like the test, whose options may demand less of a schema. Some tests forbid defaults, have
/// functions of their own in rules, or an environment of an older version: then they find what a new CRD is not refused for, or
/// find less in rules.
fn is_of_the_server(case: &Value) -> bool {
    let errors = |of: &str| {
        let errors = case[of]["errors"].as_array().into_iter().flatten();
        errors.map(|error| (error["type"].to_string(), error["field"].to_string())).collect::<BTreeSet<_>>()
    };
    let (own, whole) = (errors("expected"), errors("oracle"));
    let mut of_rules = whole.iter().filter(|(_, field)| field.contains(".x-kubernetes-validations["));
    own.is_subset(&whole) && (!requirements(case).structural || of_rules.all(|error| own.contains(error)))
}

fn tells(errors: &Value, detail: &str) -> bool {
    let mut errors = errors.as_array().into_iter().flatten();
    errors.any(|error| error["detail"].as_str().is_some_and(|text| text.contains(detail)))
}

/// The options of a test: those of `validationOptions` that are about schemas, in the order of its fields.
fn requirements(case: &Value) -> SchemaRequirements {
    let options = case["opts"].as_str().unwrap_or_default();
    let options: Vec<bool> = options.trim_matches(['[', ']']).split(' ').map(|option| option == "true").collect();
    let option = |index: usize| options.get(index).copied().unwrap_or_default();
    let mut required = SchemaRequirements::default();
    required.known_types = option(3);
    required.structural = option(4);
    required.pruned_defaults = option(5);
    required.atomic_set_items = option(6);
    required.complete_list_keys = option(7);
    required
}

/// What is said of a CRD.
pub(super) fn found(document: &Value, operation: Operation<&Value>) -> Verdict {
    verdict(acceptance::check(document, operation))
}

fn verdict(result: Result<(), Rejection>) -> Verdict {
    match result {
        Ok(()) => Verdict::found(&Errors::default()),
        Err(Rejection::Invalid(errors)) => Verdict::found(&errors),
        Err(Rejection::Malformed(told)) if told.starts_with("not an") => Verdict::refused("BadRequest", ""),
        Err(Rejection::Malformed(_)) => Verdict::refused("DecodeError", ""),
    }
}
