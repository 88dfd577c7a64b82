//! Cases of upstream's unit tests: one function, a schema and a value.

use anyhow::{Context, Result};
use crdgen_schema::{
    defaulting,
    field::Errors,
    go::print_json,
    list_type, metadata, pruning,
    rule::{self, Budget, Replaced, Report, Rules},
    schema::Schema,
    validation::{self, Subject},
};
use serde_json::Value;

use super::verdict::{Verdict, known};

/// What is expected and what is found; nothing for functions of other machinery.
pub(super) fn judge(case: &Value) -> Result<Option<(Verdict, Verdict)>> {
    match case["check"].as_str().unwrap_or_default() {
        // Some tests call what the API server never does; their answers are not its own.
        _ if case["oracleAgrees"] == false => Ok(None),
        "cel" => judge_rules(case).map(Some),
        "compile" => judge_compilation(case).map(Some),
        check => judge_values(case, check),
    }
}

fn judge_values(case: &Value, check: &str) -> Result<Option<(Verdict, Verdict)>> {
    let expect = &case["expected"];
    if !matches!(
        check,
        "schema" | "schemaUpdate" | "prune" | "prunenulls" | "default" | "listtype" | "objectmeta" | "coerce"
    ) {
        return Ok(None);
    }
    let schema = Schema::from_value(&case["schema"]).with_context(|| format!("case {}", case["id"]))?;
    let mut object = case["object"].clone();
    let is_root = case["root"] == true;
    let mut expected = Verdict::from_errors(expect["accepted"] != false, &expect["errors"]);
    // Upstream's tests may start below a path of their own.
    let start = case["path"].as_str().unwrap_or_default();
    for (_, field) in &mut expected.errors {
        *field = field.strip_prefix(start).unwrap_or(field).trim_start_matches('.').to_owned();
    }
    let mut stage = false;
    let found = match check {
        "schema" => Verdict::found(&validation::check(&object, &schema, Subject::default())),
        "schemaUpdate" => Verdict::found(&validation::check(
            &object,
            &schema,
            Subject { old: Some((&case["old"]).into()), ..Subject::default() },
        )),
        "listtype" => Verdict::found(&list_type::validate(&object, &schema)),
        "objectmeta" => Verdict::found(&metadata::validate_embedded(&object, &schema)),
        // Dropping what is malformed is for objects that were stored before; this crate does not read storage.
        "coerce" if case["dropInvalid"] == true => return Ok(None),
        "coerce" if is_root && metadata::coerce(&mut object).is_err() => {
            Verdict::refused("FieldValueInvalid", "metadata")
        }
        "coerce" => match metadata::coerce_embedded(&mut object, &schema) {
            Ok(_) => {
                stage = true;
                Verdict::found(&Errors::default())
            }
            Err(error) => Verdict::found(&Errors(vec![error])),
        },
        _ => {
            match (check, is_root) {
                ("prune", true) => drop(pruning::prune(&mut object, &schema)),
                ("prune", false) => pruning::prune_part(&mut object, &schema),
                ("prunenulls", _) => pruning::drop_nulls(&mut object, &schema),
                _ => defaulting::apply(&mut object, &schema),
            }
            stage = true;
            Verdict::found(&Errors::default())
        }
    };
    let stages = if stage { vec![print_json(&object)] } else { Vec::new() };
    if stage {
        expected.stages = vec![print_json(&expect["output"])];
    }
    Ok(Some((expected, Verdict { stages, ..found })))
}

/// Runs the rules of a schema over an object.
fn judge_rules(case: &Value) -> Result<(Verdict, Verdict)> {
    let expect = &case["expected"];
    let schema = Schema::from_value(&case["schema"]).with_context(|| format!("case {}", case["id"]))?;
    let rules = if case["root"] == true { Rules::new(&schema) } else { Rules::of_part(&schema) };
    let replaced = match (&case["old"], case["ratcheting"] == true) {
        (Value::Null, _) => Replaced::Nothing,
        (old, true) => Replaced::Forgiving(old.into()),
        (old, false) => Replaced::Strict(old.into()),
    };
    let units = case["costBudget"].as_u64().unwrap_or_default();
    let mut budget = Budget::new(units);
    let mut found = Verdict::found(&rules.check_within(&case["object"], &schema, replaced, &mut budget));
    let mut expected = Verdict::from_errors(expect["accepted"] != false, &expect["errors"]);
    // Upstream's tests start at a path of their own.
    let start = case["path"].as_str().unwrap_or_default();
    for verdict in [&mut expected, &mut found] {
        for (_, field) in &mut verdict.errors {
            let below = field.strip_prefix(start).unwrap_or(field).trim_start_matches('.');
            *field = if below.is_empty() { "<nil>".to_owned() } else { below.to_owned() };
        }
        verdict.errors.sort();
        if !start.is_empty() {
            verdict.words = None;
        }
    }
    if let Some(cost) = expect["celCost"].as_u64() {
        expected.costs = Some(cost.to_string());
        found.costs = budget.left().map(|left| (units - left).to_string()).or_else(|| expected.costs.clone());
    }
    Ok((expected, found))
}

/// Compiles the rules of a schema.
fn judge_compilation(case: &Value) -> Result<(Verdict, Verdict)> {
    let schema = Schema::from_value(&case["schema"]).with_context(|| format!("case {}", case["id"]))?;
    let rules = case["expected"]["rules"].as_array();
    let reports = rule::report(&schema, case["root"] == true).unwrap_or_default();
    let told = |report: &Report| {
        let uses_old_self = report.uses_old_self;
        format!("{} {} {uses_old_self}", report.cost, report.message_cost.unwrap_or(0))
    };
    let number = |rule: &Value, name: &str| rule[name].as_u64().unwrap_or(0);
    let expected_costs = |rule: &Value| {
        format!("{} {} {}", number(rule, "maxCost"), number(rule, "messageExpressionMaxCost"), rule["usesOldSelf"])
    };
    let words = |rule: &Value, name: &str| known(rule[name].as_str().unwrap_or_default());
    let expected = Verdict {
        accepted: rules.is_none_or(|rules| rules.iter().all(|rule| rule["error"].is_null())),
        words: rules.map(|rules| {
            rules.iter().flat_map(|rule| ["error", "messageExpressionError"].map(|name| words(rule, name))).collect()
        }),
        costs: rules.map(|rules| rules.iter().map(expected_costs).collect::<Vec<_>>().join("; ")),
        ..Verdict::default()
    };
    let error = |error: &Option<String>| known(error.as_deref().unwrap_or_default());
    let found = Verdict {
        accepted: reports.iter().all(|report| report.error.is_none()),
        words: Some(reports.iter().flat_map(|report| [error(&report.error), error(&report.message_error)]).collect()),
        costs: Some(reports.iter().map(told).collect::<Vec<_>>().join("; ")),
        ..Verdict::default()
    };
    Ok((expected, found))
}
