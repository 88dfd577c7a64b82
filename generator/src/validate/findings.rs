//! The findings about one object, as they are found.
//!
//! In: the server's errors and words. Out: findings with their places in the object's text, bounded in number and length, so that
//! no object fills the memory with what is wrong with it.

use crdgen_schema::{
    diagnostic::{Position, Severity},
    field, metadata,
    node::Node,
};

use super::{Object, report::Finding};

/// The object cannot be decoded.
pub(super) const BAD_REQUEST: &str = "BadRequest";
/// A field that the schema does not have.
pub(super) const UNKNOWN_FIELD: &str = "UnknownField";
/// A field that is set again.
pub(super) const DUPLICATE_FIELD: &str = "DuplicateField";
/// No CRD serves the kind and version.
pub(super) const NO_MATCH: &str = "NoMatch";
/// There is no old object, or no subresource.
pub(super) const NOT_FOUND: &str = "NotFound";

/// There are more findings than are kept.
const MORE: &str = "More";

/// Of very many findings about an object so many are kept.
const MAX_FINDINGS: usize = 100;
/// A message is cut after so many characters.
const LONGEST: usize = 4096;

/// What was found about an object so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    errors: usize,
    warnings: usize,
}

impl Finding {
    /// What refuses an object.
    pub(super) fn error(reason: &'static str, message: String) -> Self {
        Self::new(Severity::Error, reason, message)
    }

    /// A finding without a place.
    pub(super) fn new(severity: Severity, reason: &'static str, message: String) -> Self {
        Self { severity, reason, field: None, message, position: None, help: None }
    }

    /// Says which field it is about.
    pub(super) fn on(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// Says where it is, if the field does not.
    pub(super) fn at(self, position: Option<Position>) -> Self {
        Self { position, ..self }
    }

    /// Says what to do about it.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        self.push_made(finding.severity, || finding);
    }

    /// Makes a finding and keeps it; if there are too many, it is only counted.
    pub(super) fn push_made(&mut self, severity: Severity, make: impl FnOnce() -> Finding) {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MAX_FINDINGS {
            let mut finding = make();
            cut(&mut finding.message);
            self.kept.push(finding);
        }
    }

    /// Takes field errors; several that say the same are one.
    pub(super) fn extend_errors(&mut self, errors: field::Errors) {
        let mut seen = std::collections::BTreeSet::new();
        for error in errors {
            let message = error.to_string();
            if !seen.insert(message.clone()) {
                continue;
            }
            let finding = Finding::error(error.kind.reason(), message);
            self.push(if error.field == "<nil>" { finding } else { finding.on(error.field) });
        }
    }

    /// All of them, each with its place.
    pub(super) fn finish(self, object: &Object<'_>) -> Vec<Finding> {
        let mut kept = self.kept;
        for finding in &mut kept {
            if finding.position.is_none() {
                finding.position = object.find(finding.field.as_deref().unwrap_or_default());
            }
        }
        for (severity, count) in [(Severity::Error, self.errors), (Severity::Warning, self.warnings)] {
            if count > MAX_FINDINGS {
                let message = format!("{} more {severity}s", count - MAX_FINDINGS);
                kept.push(Finding::new(severity, MORE, message).at(object.start()));
            }
        }
        kept
    }
}

/// The field that an error of decoding is about, as far as its text or the metadata says.
pub(super) fn field_of(error: &str, node: &Node<'_>) -> Option<String> {
    if let Some((path, _)) = error.split_once(": Invalid value: ") {
        return Some(path.to_owned());
    }
    if let Some((path, _)) = error.strip_prefix('.').and_then(|rest| rest.split_once(" accessor error: ")) {
        return Some(path.to_owned());
    }
    let metadata = node.get("metadata")?;
    let malformed = metadata::malformed(metadata)?;
    path_between(metadata, malformed, "metadata".to_owned())
}

/// The path of a node that is somewhere below another.
fn path_between(node: &Node<'_>, below: &Node<'_>, path: String) -> Option<String> {
    if std::ptr::eq(node, below) {
        return Some(path);
    }
    let items = node.items().iter().enumerate();
    let members = node.members().iter();
    let mut parts = items
        .map(|(index, item)| (item, format!("{path}[{index}]")))
        .chain(members.map(|member| (&member.value, format!("{path}.{}", member.name))));
    parts.find_map(|(part, path)| path_between(part, below, path))
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::document;

    #[test]
    fn so_many_findings_are_kept_and_the_others_counted() {
        let documents = document::read("a.yaml", "kind: A\n");
        let mut findings = Findings::default();
        for _ in 0..150 {
            findings.push(Finding::new(Severity::Warning, UNKNOWN_FIELD, "w".to_owned()));
        }
        findings.push(Finding::error(BAD_REQUEST, "é".repeat(5000)).on("kind"));
        let kept = findings.finish(&documents.objects[0]);
        let last: Vec<&str> = kept[99..].iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(last, ["w", &("é".repeat(4096) + "…"), "50 more warnings"]);
    }

    #[test]
    fn errors_that_say_the_same_are_one() {
        let error = field::Error::required("spec", "");
        let mut findings = Findings::default();
        findings.extend_errors([error.clone(), field::Error::required("status", ""), error].into_iter().collect());
        assert_eq!(findings.kept.len(), 2);
    }

    #[test]
    fn the_text_or_the_metadata_says_what_cannot_be_decoded() {
        let documents = document::read("a.yaml", "kind: A\nmetadata: {ownerReferences: [{}, {uid: 1}]}\n");
        let node = &documents.objects[0].node;
        let field = |error| field_of(error, node).unwrap();
        assert_eq!(field("spec.x.metadata: Invalid value: 1: json: …"), "spec.x.metadata");
        assert_eq!(field(".apiVersion accessor error: <nil> is of the type <nil>, expected string"), "apiVersion");
        assert_eq!(field("json: cannot unmarshal number …"), "metadata.ownerReferences[1].uid");
    }
}
