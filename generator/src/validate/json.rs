//! The report for programs: one JSON document, whose form is `docs/schemas/validate-v1.json`.

use crdgen_schema::diagnostic::{Diagnostic, Position};
use serde_json::{Value, json};

use super::{
    Report,
    report::{Finding, Judged},
};

/// The version of the form. It grows by members that readers may ignore; any other change is a new version.
const VERSION: u32 = 1;

impl Report {
    /// One JSON document, pretty-printed, ending in a newline.
    pub(crate) fn to_json(&self) -> String {
        let summary = self.summary();
        let objects: Vec<Value> = self.objects.iter().map(object).collect();
        let diagnostics: Vec<Value> = self.diagnostics.iter().map(Diagnostic::to_json).collect();
        let document = json!({
            "version": VERSION,
            "summary": {
                "objects": summary.objects,
                "accepted": summary.accepted,
                "refused": summary.refused,
                "skipped": summary.skipped,
                "warnings": summary.warnings,
            },
            "objects": objects,
            "diagnostics": diagnostics,
        });
        format!("{document:#}\n")
    }
}

fn object(object: &Judged) -> Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let findings: Vec<Value> = object.findings.iter().map(finding).collect();
    json!({
        "file": object.file,
        "line": object.position.map(line),
        "column": object.position.map(column),
        "apiVersion": text(&object.api_version),
        "kind": text(&object.kind),
        "namespace": text(&object.namespace),
        "name": text(&object.name),
        "operation": object.operation,
        "verdict": object.verdict.name(),
        "findings": findings,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.to_string(),
        "reason": finding.reason,
        "field": finding.field,
        "message": finding.message,
        "line": finding.position.map(line),
        "column": finding.position.map(column),
        "help": finding.help,
    })
}

fn line(position: Position) -> u32 {
    position.line
}

fn column(position: Position) -> u32 {
    position.column
}
