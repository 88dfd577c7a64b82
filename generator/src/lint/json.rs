//! The report for programs: one JSON document, by the schema `docs/schemas/lint-v1.json`.

use crdgen_schema::{
    diagnostic::{Position, Severity},
    rule::{RULE_LIMIT, SCHEMA_LIMIT},
};
use serde_json::{Value, json};

use super::{
    cost::{Costs, RuleCosts},
    finding::Finding,
    kubernetes::{Effect, Need},
    place::Spot,
    report::{Linted, Report},
};

/// The version of the document's schema.
const VERSION: u32 = 1;

impl Report {
    /// One JSON document, pretty-printed, ending in a newline.
    pub(crate) fn to_json(&self) -> String {
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        let definitions: Vec<Value> = self.linted.iter().map(definition).collect();
        let document = json!({
            "version": VERSION,
            "summary": {
                "definitions": self.linted.len(),
                "errors": self.count(Severity::Error),
                "warnings": self.count(Severity::Warning),
            },
            "limits": {"rule": RULE_LIMIT, "schema": SCHEMA_LIMIT},
            "findings": findings,
            "definitions": definitions,
        });
        format!("{document:#}\n")
    }
}

fn finding(finding: &Finding) -> Value {
    let mut value = finding.diagnostic.to_json();
    value["place"] = Some(&finding.place).filter(|place| !place.is_empty()).cloned().into();
    value
}

fn definition(linted: &Linted) -> Value {
    let needs: Vec<Value> = linted.needs.iter().map(need).collect();
    let versions: Vec<Value> = linted.costs.iter().map(costs).collect();
    json!({
        "name": linted.name,
        "file": linted.source.file,
        "line": line(linted.source.position),
        "kubernetes": {"lowest": linted.lowest().to_string(), "needs": needs},
        "versions": versions,
    })
}

fn need(need: &Need) -> Value {
    let effect = match need.effect {
        Effect::Refuses => "refuses",
        Effect::Ignores => "ignores",
    };
    json!({
        "since": need.since.to_string(),
        "what": need.what,
        "older": effect,
        "line": line(need.spot.position),
        "path": need.spot.path,
    })
}

fn costs(costs: &Costs) -> Value {
    let rules: Vec<Value> = costs.rules.iter().map(rule).collect();
    json!({"name": costs.version, "cost": costs.total, "rules": rules})
}

fn rule(rule: &RuleCosts) -> Value {
    let RuleCosts { spot, at: _, rule, cost, message_cost } = rule;
    let Spot { file: _, position, path, place } = spot;
    json!({
        "rule": rule,
        "path": path,
        "place": place,
        "line": line(*position),
        "cost": cost.total(),
        "each": cost.each,
        "times": cost.times,
        "messageCost": message_cost,
    })
}

fn line(position: Option<Position>) -> Option<u32> {
    position.map(|position| position.line)
}
