//! Cases of upstream's unit tests: one function, a schema and a value.

use anyhow::{Context, Result};
use crdgen_schema::{
    defaulting,
    field::Errors,
    go::print_json,
    list_type, metadata, pruning,
    schema::Schema,
    validation::{self, Subject},
};
use serde_json::Value;

use super::verdict::Verdict;

/// What is expected and what is found; nothing for functions of other machinery.
pub(super) fn judge(case: &Value) -> Result<Option<(bool, Verdict, Verdict)>> {
    let expect = &case["expected"];
    let check = case["check"].as_str().unwrap_or_default();
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
            Subject { old: Some(&case["old"]), ..Subject::default() },
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
    Ok(Some((false, expected, Verdict { stages, ..found })))
}
