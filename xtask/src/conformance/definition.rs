//! Cases about CRDs: is it accepted.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use crdgen_schema::{
    acceptance::{self, Rejection},
    field::Errors,
    node::Node,
    yaml,
};
use serde_json::Value;

use super::verdict::Verdict;

/// A CRD, given in the case or as a file.
pub(super) fn judge(case: &Value, data: &Path) -> Result<Option<(Verdict, Verdict)>> {
    let verdict = case.get("expect").unwrap_or(case);
    let expected = Verdict::from_errors(verdict["accepted"] == true, &verdict["errors"]);
    let is_unnamed = case["file"].is_string() && case["name"].is_null();
    if is_unnamed && expected.errors == [("BadRequest".to_owned(), String::new())] {
        // An empty document before the CRD: the YAML reader leaves it out.
        return Ok(None);
    }
    let document = match case["file"].as_str() {
        None => case["crd"].clone(),
        Some(file) => {
            let text = fs::read_to_string(data.join(file)).with_context(|| format!("cannot read {file}"))?;
            let documents = yaml::parse(&text).documents;
            documents.first().map(Node::to_value).unwrap_or_default()
        }
    };
    let found = match acceptance::check(&document) {
        Ok(()) => Verdict::found(&Errors::default()),
        Err(Rejection::Invalid(errors)) => Verdict::found(&errors),
        Err(Rejection::Malformed(told)) if told.starts_with("not an") => Verdict::refused("BadRequest", ""),
        Err(Rejection::Malformed(_)) => Verdict::refused("DecodeError", ""),
    };
    Ok(Some((expected, found)))
}
