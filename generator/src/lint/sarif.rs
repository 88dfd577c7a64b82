//! The report as SARIF 2.1.0, which code scanning services read.
//!
//! Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS.

use std::fmt::Write as _;

use crdgen_schema::diagnostic::Severity;
use serde_json::{Value, json};

use super::{
    check::{self, Check},
    finding::Finding,
    report::Report,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Report {
    /// One JSON document, pretty-printed, ending in a newline.
    pub(crate) fn to_sarif(&self) -> String {
        let results: Vec<Value> = self.findings.iter().map(result).collect();
        let rules: Vec<Value> = check::ALL.iter().map(|check| rule(check)).collect();
        let driver = json!({"name": "crdgen lint", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
        let run = json!({"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results});
        let document = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]});
        format!("{document:#}\n")
    }
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.code,
        "shortDescription": {"text": check.meaning},
        "defaultConfiguration": {"level": level(check.severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    let text = match &diagnostic.help {
        Some(help) => format!("{}\nHelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut location = json!({});
    if let Some(file) = &diagnostic.file {
        location["physicalLocation"] = json!({"artifactLocation": {"uri": uri(file)}});
        if let Some(position) = diagnostic.position {
            let region = json!({"startLine": position.line, "startColumn": position.column});
            location["physicalLocation"]["region"] = region;
        }
    }
    if let Some(path) = &diagnostic.path {
        location["logicalLocations"] = json!([{"fullyQualifiedName": path}]);
    }
    let locations = if location == json!({}) { json!([]) } else { json!([location]) };
    json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": {"text": text},
        "locations": locations,
    })
}

/// A path as a relative URI, or an absolute one of a file.
fn uri(file: &str) -> String {
    let mut uri = String::from(if file.starts_with('/') { "file://" } else { "" });
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        for (file, expected) in
            [("crds/a.yaml", "crds/a.yaml"), ("/a b/ü.yaml", "file:///a%20b/%C3%BC.yaml"), ("<stdin>", "%3Cstdin%3E")]
        {
            assert_eq!(uri(file), expected);
        }
    }
}
