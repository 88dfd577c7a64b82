//! Cases about objects: a CRD's version, a request, and what becomes of it.

use std::{collections::BTreeMap, fs, path::Path, rc::Rc};

use anyhow::{Context, Result, bail};
use crdgen_schema::{
    definition::{self, Definition},
    go::print_json,
    strategy::{Operation, Strategy, registry},
};
use serde_json::{Value, json};

use super::verdict::{Comparison, Verdict};

/// Definitions that were read before, by the path that cases name.
pub(super) struct Library<'a> {
    pub(super) data: &'a Path,
    definitions: BTreeMap<String, Rc<Definition>>,
    strategies: BTreeMap<(String, String), Rc<Strategy>>,
}

/// What is expected and what is found.
pub(super) fn judge(case: &Value, library: &mut Library<'_>) -> Result<Comparison> {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let (definition, strategy) = library.find(text("crd"), text("version"))?;
    Ok(compare(case, &case["expect"], &definition, &strategy))
}

/// What is expected and what is found of a case whose CRD is in the case.
pub(super) fn judge_inline(case: &Value) -> Result<Comparison> {
    let definition = Definition::from_value(&case["crd"])?;
    let version = case["version"].as_str().unwrap_or_default();
    let strategy = Strategy::new(&definition, version).with_context(|| format!("no version {version}"))?;
    Ok(compare(case, &case["oracle"], &definition, &strategy))
}

fn compare(case: &Value, expect: &Value, definition: &Definition, strategy: &Strategy) -> Comparison {
    let mut expected = Verdict::from_errors(expect["accepted"] == true, &expect["errors"]);
    let mut found = admit(case, definition, strategy);
    let is_told = expect.get("pruned").is_some() || case["op"] != "validate";
    if found.is_early() || !is_told {
        found.stages.clear();
    } else {
        let pruned = expect.get("pruned").unwrap_or(&case["object"]);
        let defaulted = expect.get("defaulted").unwrap_or(pruned);
        expected.stages = vec![print_json(pruned), print_json(defaulted)];
    }
    (expected, found)
}

impl<'a> Library<'a> {
    /// An empty one, on the folder that paths start at.
    pub(super) fn new(data: &'a Path) -> Self {
        Self { data, definitions: BTreeMap::new(), strategies: BTreeMap::new() }
    }

    fn find(&mut self, file: &str, version: &str) -> Result<(Rc<Definition>, Rc<Strategy>)> {
        if !self.definitions.contains_key(file) {
            let text = fs::read_to_string(self.data.join(file)).with_context(|| format!("cannot read {file}"))?;
            let loaded = definition::load(file, &text);
            let Some(definition) = loaded.definitions.into_iter().next() else { bail!("{}", loaded.diagnostics) };
            self.definitions.insert(file.to_owned(), Rc::new(definition));
        }
        let definition = Rc::clone(&self.definitions[file]);
        let key = (file.to_owned(), version.to_owned());
        if !self.strategies.contains_key(&key) {
            let strategy = Strategy::new(&definition, version).with_context(|| format!("{file} has no {version}"))?;
            self.strategies.insert(key.clone(), Rc::new(strategy));
        }
        Ok((definition, Rc::clone(&self.strategies[&key])))
    }
}

/// What the server does with a request, as far as the data shows it.
fn admit(case: &Value, definition: &Definition, strategy: &Strategy) -> Verdict {
    let mut object = case["object"].clone();
    if strategy.prune(&mut object).is_err() {
        return Verdict::refused("DecodeError", "");
    }
    let pruned = print_json(&object);
    strategy.apply_defaults(&mut object);
    let stages = vec![pruned, print_json(&object)];
    let api_version = format!("{}/{}", definition.group, case["version"].as_str().unwrap_or_default());
    if object["apiVersion"] != api_version.as_str() {
        return Verdict::refused("BadRequest", "apiVersion");
    }
    registry::place(&mut object, definition.scope);
    let operation = case["op"].as_str().unwrap_or_default();
    let mut old = case["old"].clone();
    if !old.is_null() {
        if strategy.decode(&mut old).is_err() {
            return Verdict::refused("DecodeError", "old");
        }
        registry::place(&mut old, definition.scope);
        if object["metadata"]["name"] != old["metadata"]["name"] {
            return Verdict::refused("BadRequest", "metadata.name");
        }
        set_stored_fields(&mut old);
    }
    let write = match operation {
        "update" => Operation::Update { old: &old },
        "status" => Operation::Status { old: &old },
        _ => Operation::Create,
    };
    let errors = match operation {
        "create" | "update" | "status" => registry::write(strategy, &mut object, write),
        // Validation alone, of a status too.
        _ => strategy.check(&object, write),
    };
    // The data has the errors of the strategy itself, unless there are others: then it has the causes of the answer.
    let has_common = write.old().is_some_and(|old| !registry::check_update(strategy, &object, old).is_empty());
    let tell = if has_common { Verdict::found_as_causes } else { Verdict::found };
    tell(&errors).with_stages(stages)
}

/// What the data's server has stored.
pub(crate) fn set_stored_fields(old: &mut Value) {
    let Some(metadata) = old.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.insert("uid".to_owned(), json!("00000000-0000-4000-8000-000000000001"));
    metadata.insert("creationTimestamp".to_owned(), json!("2026-01-01T00:00:00Z"));
    metadata.insert("resourceVersion".to_owned(), json!("1"));
}
