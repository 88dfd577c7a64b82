//! The rules of the corpus: schemas that have some, and values that satisfy them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::pairs;
use crate::sample;

/// One line of input for the programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    /// Where it comes from.
    #[serde(skip)]
    pub(super) name: String,
    /// A version's schema; or a rule's, with that rule alone.
    pub(super) schema: Value,
    /// Whether it is the schema of a resource.
    pub(super) is_root: bool,
    /// A value that satisfies the rule; null for schemas.
    pub(super) value: Value,
}

/// The schemas with rules, by the CRD's file below the data folder and the version.
pub(super) type Schemas = BTreeMap<(String, String), Value>;

/// Reads all CRDs of the corpus that have rules.
pub(super) fn schemas(data: &Path) -> Result<Schemas> {
    let folder = data.join("dev");
    eprintln!("reading the rules of the CRDs in {}", folder.display());
    let files = sample::files(&folder, &["yaml", "yml", "json"])
        .context("--data is the folder that the data was unpacked into")?;
    let read = |file: &PathBuf| -> Result<Vec<((String, String), Value)>> {
        if !fs::read_to_string(file)?.contains(RULES) {
            return Ok(Vec::new());
        }
        let (crd, name) = (pairs::read(file)?, file.strip_prefix(data).unwrap_or(file).to_string_lossy().into_owned());
        let versions = crd["spec"]["versions"].as_array().into_iter().flatten();
        let versions = versions.filter_map(|version| version["name"].as_str());
        let schema = |version: &str| ((name.clone(), version.to_owned()), pairs::schema(&crd, version).clone());
        Ok(versions.map(schema).filter(|(_, schema)| count_rules(schema) > 0).collect())
    };
    let found: Vec<_> = files.par_iter().map(read).collect::<Result<_>>()?;
    let schemas: Schemas = found.into_iter().flatten().collect();
    ensure!(!schemas.is_empty(), "no CRD in {} has rules", folder.display());
    Ok(schemas)
}

/// How many rules a schema has, with all that is beneath it.
pub(super) fn count_rules(schema: &Value) -> usize {
    rules_of(schema).count() + children(schema).map(|(_, child)| count_rules(child)).sum::<usize>()
}

const RULES: &str = "x-kubernetes-validations";

/// The texts of the rules of one node.
fn rules_of(schema: &Value) -> impl Iterator<Item = &Value> {
    schema[RULES].as_array().into_iter().flatten()
}

/// How a value is reached from the one above it.
enum Step<'a> {
    Property(&'a str),
    Each,
}

fn children(schema: &Value) -> impl Iterator<Item = (Step<'_>, &Value)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let each = ["items", "additionalProperties"].into_iter().filter_map(|keyword| schema.get(keyword));
    properties.map(|(name, schema)| (Step::Property(name), schema)).chain(each.map(|schema| (Step::Each, schema)))
}

/// A rule as simple as they come, and then each distinct rule of the corpus with a value of an object that the API server takes.
/// Rules about a change of a value are left out.
pub(super) fn rules(data: &Path, schemas: &Schemas) -> Result<Vec<Line>> {
    let file = data.join("conformance/corpus.jsonl");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut found = vec![trivial()];
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| line.contains("\"accepted\":true")) {
        // What no JSON reader can hold was refused before any rule.
        let Ok(case) = serde_json::from_str::<Value>(line) else { continue };
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        let Some(schema) = schemas.get(&(text("crd"), text("version"))) else { continue };
        if text("op") == "create" && case["expect"]["accepted"] == true {
            let stored = ["defaulted", "pruned"].iter().find_map(|stage| case["expect"].get(stage));
            collect(&text("crd"), schema, stored.unwrap_or(&case["object"]), true, &mut seen, &mut found);
        }
    }
    Ok(found)
}

fn trivial() -> Line {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        (RULES): [{"rule": "self.a <= self.b"}],
    });
    Line { name: "trivial".to_owned(), schema, is_root: false, value: json!({"a": 1, "b": 2}) }
}

fn collect(
    name: &str,
    schema: &Value,
    value: &Value,
    is_root: bool,
    seen: &mut BTreeSet<String>,
    found: &mut Vec<Line>,
) {
    if value.is_null() {
        return;
    }
    for rule in rules_of(schema) {
        let text = rule["rule"].as_str().unwrap_or_default();
        if !text.contains("oldSelf") && seen.insert(text.to_owned()) {
            let mut schema = pairs::without_rules(schema.clone());
            schema[RULES] = json!([{"rule": text}]);
            found.push(Line { name: name.to_owned(), schema, is_root, value: value.clone() });
        }
    }
    for (step, child) in children(schema) {
        let values: Vec<&Value> = match (step, value) {
            (Step::Property(property), _) => value.get(property).into_iter().collect(),
            (Step::Each, Value::Array(items)) => items.iter().collect(),
            (Step::Each, Value::Object(members)) => members.values().collect(),
            (Step::Each, _) => Vec::new(),
        };
        for value in values {
            collect(name, child, value, child["x-kubernetes-embedded-resource"] == true, seen, found);
        }
    }
}

/// Writes the lines to a file.
pub(super) fn write(lines: &[Line], file: &Path) -> Result<()> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_taken_once_with_the_value_that_it_is_about() {
        let rule = |text: &str| json!([{"rule": text}]);
        let schema = json!({
            "type": "object",
            "properties": {"items": {"type": "array", "items": {
                "type": "object",
                "properties": {"a": {"type": "integer", (RULES): rule("self == oldSelf")}},
                (RULES): rule("self.a > 0"),
            }}},
            (RULES): rule("size(self.items) > 1"),
        });
        let object = json!({"items": [{"a": 1}, {"a": 2}]});
        let mut found = Vec::new();
        collect("x", &schema, &object, true, &mut BTreeSet::new(), &mut found);
        assert_eq!(count_rules(&schema), 3);
        let values: Vec<(bool, &Value)> = found.iter().map(|line| (line.is_root, &line.value)).collect();
        assert_eq!(values, [(true, &object), (false, &json!({"a": 1}))]);
        assert_eq!(count_rules(&found[0].schema), 1, "rules beneath are measured on their own");
    }
}
