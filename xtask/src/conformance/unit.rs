//! Cases of upstream's unit tests: one function, a schema and a value.

use anyhow::{Context, Result, bail};
use crdgen_schema::{
    defaulting,
    definition::Definition,
    field::Errors,
    go::print_json,
    list_type, metadata, pruning,
    rule::{self, Budget, Replaced, Report, Rules},
    schema::Schema,
    strategy::Operation,
    validation::{self, Subject},
};
use serde_json::Value;

use super::{
    definition as crd, object,
    verdict::{Comparison, Judged, Verdict},
};

/// What is expected and what is found, of the function by itself and of the whole way of an object.
pub(super) fn judge(case: &Value) -> Result<Judged> {
    match case["check"].as_str().unwrap_or_default() {
        "crd" => return Ok(crd::judge_creation(case)),
        "crdUpdate" => return Ok(crd::judge_update(case)),
        "crdSchema" => return Ok(crd::judge_schema(case)),
        _ => {}
    }
    let mut compared = Vec::new();
    if let Some(own) = judge_function(case)? {
        compared.push(own);
    }
    let whole = &case["e2e"];
    if whole["crd"].is_object() {
        let expected = Verdict::from_errors(whole["crdAccepted"] == true, &whole["crdErrors"]);
        compared.push((expected, crd::found(&whole["crd"], Operation::Create)));
        // A CRD that cannot even be read serves no objects.
        let is_read = Definition::from_value(&whole["crd"]).is_ok() || whole["crdAccepted"] == true;
        if is_read && whole["oracle"].is_object() {
            compared.push(object::judge_inline(whole)?);
        }
    }
    Ok(if compared.is_empty() {
        Judged::Skipped(
            "the function clears malformed metadata of stored objects, and this crate does not read storage",
        )
    } else {
        Judged::Compared(compared)
    })
}

/// What is expected of the one function and what is found; none if it does what the API server never does.
fn judge_function(case: &Value) -> Result<Option<Comparison>> {
    match case["check"].as_str().unwrap_or_default() {
        "cel" if runs_rules_in_all_of(case) => Ok(None),
        "cel" => judge_rules(case).map(Some),
        "compile" => judge_compilation(case).map(Some),
        // Dropping what is malformed is for objects that were stored before.
        "coerce" if case["dropInvalid"] == true => Ok(None),
        check => judge_values(case, check).map(Some),
    }
}

/// Whether the test calls a function that runs rules in `allOf`. The API server calls another one, which does not.
fn runs_rules_in_all_of(case: &Value) -> bool {
    case["whyDiffers"].as_str().is_some_and(|why| why.contains("the unexported validator()"))
}

/// The schema of a case. Some of upstream's tests write "" for a list without a type, which a CRD cannot.
fn schema_of(case: &Value) -> Result<Schema> {
    let mut schema = case["schema"].clone();
    drop_empty_list_types(&mut schema);
    Schema::from_value(&schema).with_context(|| format!("case {}", case["id"]))
}

fn drop_empty_list_types(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| name != "x-kubernetes-list-type" || value != "");
            members.values_mut().for_each(drop_empty_list_types);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty_list_types),
        _ => {}
    }
}

fn judge_values(case: &Value, check: &str) -> Result<Comparison> {
    let expect = &case["expected"];
    let schema = schema_of(case)?;
    let mut object = case["object"].clone();
    let is_root = case["root"] == true;
    let mut expected = Verdict::from_errors(expect["accepted"] != false, &expect["errors"]);
    expected.start_at(case["path"].as_str().unwrap_or_default());
    let found = match check {
        "schema" => Verdict::found(&validation::check(&object, &schema, Subject::default())),
        "schemaUpdate" => Verdict::found(&validation::check(
            &object,
            &schema,
            Subject { old: Some((&case["old"]).into()), ..Subject::default() },
        )),
        "listtype" => Verdict::found(&list_type::validate(&object, &schema)),
        "objectmeta" => Verdict::found(&metadata::validate_embedded(&object, &schema)),
        "coerce" if is_root && metadata::coerce(&mut object).is_err() => {
            Verdict::refused("FieldValueInvalid", "metadata")
        }
        "coerce" => match metadata::coerce_embedded(&mut object, &schema) {
            Ok(_) => changed(&object),
            Err(error) => Verdict::found(&Errors(vec![error])),
        },
        _ => {
            match (check, is_root) {
                ("prune", true) => drop(pruning::prune(&mut object, &schema)),
                ("prune", false) => pruning::prune_part(&mut object, &schema),
                ("prunenulls", _) => pruning::drop_nulls(&mut object, &schema),
                ("default", _) => defaulting::apply(&mut object, &schema),
                _ => bail!("no such check: {check}"),
            }
            changed(&object)
        }
    };
    if !found.stages.is_empty() {
        expected.stages = vec![print_json(&expect["output"])];
    }
    Ok((expected, found))
}

/// The verdict of a function that changes the object.
fn changed(object: &Value) -> Verdict {
    Verdict::found(&Errors::default()).with_stages(vec![print_json(object)])
}

/// Runs the rules of a schema over an object.
fn judge_rules(case: &Value) -> Result<Comparison> {
    let expect = &case["expected"];
    let schema = schema_of(case)?;
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
    expected.start_at(case["path"].as_str().unwrap_or_default());
    let depends_on_chance = case["whyDiffers"].as_str().is_some_and(|why| why.contains("map iteration order"));
    if let (false, Some(cost)) = (depends_on_chance, expect["celCost"].as_u64()) {
        expected.costs = Some(cost.to_string());
        found.costs = budget.left().map(|left| (units - left).to_string()).or_else(|| expected.costs.clone());
    }
    Ok((expected, found))
}

/// Compiles the rules of a schema.
fn judge_compilation(case: &Value) -> Result<Comparison> {
    let schema = schema_of(case)?;
    let rules = case["expected"]["rules"].as_array();
    let reports = rule::report(&schema, case["root"] == true).unwrap_or_default();
    let number = |rule: &Value, name: &str| rule[name].as_u64().unwrap_or(0);
    let mut expected = Verdict::from_errors(true, &Value::Null);
    let mut costs = Vec::new();
    for (index, rule) in rules.into_iter().flatten().enumerate() {
        expected.accepted &= rule["error"].is_null();
        for name in ["error", "messageExpressionError"] {
            if let Some(text) = rule[name].as_str() {
                expected.tell(name, &format!("[{index}]"), text);
            }
        }
        let (cost, message_cost) = (number(rule, "maxCost"), number(rule, "messageExpressionMaxCost"));
        costs.push(format!("{cost} {message_cost} {}", rule["usesOldSelf"]));
    }
    expected.costs = rules.map(|_| costs.join("; "));
    Ok((expected, compiled(&reports)))
}

fn compiled(reports: &[Report]) -> Verdict {
    let mut found = Verdict::from_errors(reports.iter().all(|report| report.error.is_none()), &Value::Null);
    let mut costs = Vec::new();
    for (index, report) in reports.iter().enumerate() {
        for (name, text) in [("error", &report.error), ("messageExpressionError", &report.message_error)] {
            if let Some(text) = text {
                found.tell(name, &format!("[{index}]"), text);
            }
        }
        costs.push(format!("{} {} {}", report.cost, report.message_cost.unwrap_or(0), report.uses_old_self));
    }
    found.costs = Some(costs.join("; "));
    found
}
