//! The report for programs: one JSON document.

use crdgen_schema::compatibility::{Answer, Finding, Place, Witness};
use serde_json::{Value, json};

use super::{Changed, Report};

impl Report {
    /// One JSON document, pretty-printed, ending in a newline:
    ///
    /// ```json
    /// {"verdict": "breaking", "compared": 1, "changed": [{"name": "dogs.example.com", "verdict": "breaking", "findings": [{
    ///     "code": "maximum-tightened", "verdict": "breaking", "message": "…", "version": "v1", "path": "spec.age",
    ///     "old": {"file": "old.yaml", "line": 24, "column": 20}, "new": {"file": "new.yaml", "line": 24, "column": 20},
    ///     "affects": ["clients"], "witness": {"object": {}, "replaces": null, "refused": "…"}, "note": "…"
    /// }]}]}
    /// ```
    ///
    /// `version`, `witness` and `note` are null where there is none. A witness has `refused`, the API server's words, or
    /// `dropped`, the paths of what is lost; `replaces` is the stored object if it is an update that shows it. Verdicts are `compatible`, `needs-migration` and `breaking`.
    pub(crate) fn to_json(&self) -> String {
        let changed: Vec<Value> = self.changed.iter().map(changed).collect();
        let document = json!({"verdict": self.verdict().name(), "compared": self.compared, "changed": changed});
        format!("{document:#}\n")
    }
}

fn changed(changed: &Changed) -> Value {
    let findings: Vec<Value> = changed.findings.iter().map(finding).collect();
    json!({"name": changed.name, "verdict": changed.verdict().name(), "findings": findings})
}

fn finding(finding: &Finding) -> Value {
    let witness = finding.witness.as_ref().map(|Witness { object, replaces, answer }| match answer {
        Answer::Refuses(errors) => json!({"object": object, "replaces": replaces, "refused": errors}),
        Answer::Loses(paths) => json!({"object": object, "replaces": replaces, "dropped": paths}),
        other => json!({"object": object, "replaces": replaces, "answer": other.to_string()}),
    });
    json!({
        "code": finding.code.to_string(),
        "verdict": finding.verdict.name(),
        "message": finding.message,
        "version": finding.version,
        "path": finding.path,
        "old": place(&finding.old),
        "new": place(&finding.new),
        "affects": finding.affects.names(),
        "witness": witness,
        "note": finding.note,
    })
}

fn place(place: &Place) -> Value {
    if place.file.is_empty() {
        return Value::Null;
    }
    let position = place.position;
    json!({
        "file": place.file,
        "line": position.map(|position| position.line),
        "column": position.map(|position| position.column),
    })
}
