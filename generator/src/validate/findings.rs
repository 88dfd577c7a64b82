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
    /// A finding without a place.
    pub(super) fn new(severity: Severity, reason: &'static str, message: String) -> Self {
        Self { severity, reason, field: None, message, position: None, help: None }
    }
}

impl Findings {
    pub(super) fn push(&mut self, mut finding: Finding) {
        let count = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MAX_FINDINGS {
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
            let field = (error.field != "<nil>").then_some(error.field);
            self.push(Finding { field, ..Finding::new(Severity::Error, error.kind.reason(), message) });
        }
    }

    /// Says where the last one is.
    pub(super) fn place_last(&mut self, position: Option<Position>) {
        if let Some(last) = self.kept.last_mut() {
            last.position = position;
        }
    }

    /// Says what to do about the last one.
    pub(super) fn help_last(&mut self, help: &str) {
        if let Some(last) = self.kept.last_mut() {
            last.help = Some(help.to_owned());
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
                let more = Finding::new(severity, "More", message);
                kept.push(Finding { position: object.start(), ..more });
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
