//! The report as SARIF 2.1.0, which code scanning of GitHub, GitLab and Azure DevOps reads.
//!
//! Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS.

use std::collections::BTreeSet;

use crdgen_schema::diagnostic::{Diagnostic, Position, Severity};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    Report,
    report::{Finding, Judged},
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path in a URI cannot hold as it is.
const NOT_IN_PATHS: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Report {
    /// One JSON document, pretty-printed, ending in a newline.
    pub(crate) fn to_sarif(&self) -> String {
        let of_files = self.diagnostics.iter().map(diagnostic);
        let of_objects =
            self.objects.iter().flat_map(|object| object.findings.iter().map(|finding| result(object, finding)));
        let results: Vec<Value> = of_files.chain(of_objects).collect();
        let rules: BTreeSet<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
        let rules: Vec<Value> = rules.into_iter().map(|id| json!({"id": id})).collect();
        let driver = json!({"name": "crdgen", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules});
        let run = json!({
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "invocations": [{"executionSuccessful": !self.is_incomplete()}],
        });
        let document = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]});
        format!("{document:#}\n")
    }
}

fn result(object: &Judged, finding: &Finding) -> Value {
    let mut text = format!("{}: {}", object.title(), finding.message);
    if let Some(help) = &finding.help {
        text.extend(["\n", help]);
    }
    let mut location = physical(&object.file, finding.position);
    if let Some(field) = &finding.field {
        location["logicalLocations"] = json!([{"fullyQualifiedName": field}]);
    }
    json!({
        "ruleId": finding.reason,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
    })
}

fn diagnostic(finding: &Diagnostic) -> Value {
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text.extend(["\n", help]);
    }
    let locations: Vec<Value> = finding.file.iter().map(|file| physical(file, finding.position)).collect();
    json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": locations,
    })
}

fn physical(file: &str, position: Option<Position>) -> Value {
    let uri = utf8_percent_encode(file, &NOT_IN_PATHS).to_string();
    let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri}}});
    if let Some(position) = position {
        location["physicalLocation"]["region"] = json!({"startLine": position.line, "startColumn": position.column});
    }
    location
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
