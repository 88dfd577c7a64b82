//! Text → [`Definition`]s.
//!
//! In: the text of a file. Out: every definition in it, how many other documents there are, and
//! findings with their places. It reads no files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Definition, cursor::Report, decode, unquoted::SourceText};
use crate::{
    acceptance,
    diagnostic::{Diagnostic, Diagnostics, code, quote},
    node::{Content, Node},
};

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The definitions without errors, in source order.
    pub definitions: Vec<Definition>,
    /// How many documents (and items of lists) were skipped because they are not CustomResourceDefinitions.
    pub skipped: usize,
    /// What was found, errors and warnings.
    pub diagnostics: Diagnostics,
    /// What kube-apiserver would refuse the definitions with, as warnings: they generate all the same. Of a definition with errors,
    /// only what the errors do not say already.
    pub refusals: Diagnostics,
}

/// Reads a text of any number of YAML or JSON documents. `file` is what findings call it.
///
/// `List`s are walked, other kinds are counted as skipped, empty documents are not counted at all.
pub fn load(file: &str, text: &str) -> Loaded {
    let parsed = crate::yaml::parse(text);
    let mut loaded = read_documents(file, text, &parsed.documents);
    if !parsed.errors.is_empty() {
        // A template's braces are the usual reason why a chart's file is not YAML.
        let help = if text.contains("{{") {
            "this looks like a template: render it first (`helm template`)"
        } else {
            "correct the YAML here"
        };
        let errors = parsed
            .errors
            .into_iter()
            .map(|error| Diagnostic::error(error.message).code(error.code).at(file, Some(error.position)).help(help));
        loaded.diagnostics.0.splice(..0, errors);
    }
    loaded
}

/// Reads documents that `text` was parsed into: what [`load`] does, without the faults of the text.
pub fn read_documents(file: &str, text: &str, documents: &[Node<'_>]) -> Loaded {
    let source = SourceText::new(text);
    let mut loaded = Loaded::default();
    for document in documents {
        loaded.take(file, &source, document);
    }
    loaded
}

/// An error for each definition of a name that an earlier one has.
pub fn check_unique(definitions: &[Definition]) -> Diagnostics {
    let mut first: BTreeMap<&str, &Definition> = BTreeMap::new();
    let mut diagnostics = Diagnostics::default();
    for definition in definitions {
        let Some(earlier) = first.get(definition.name.as_str()) else {
            first.insert(&definition.name, definition);
            continue;
        };
        let place = match earlier.source.position {
            Some(position) => format!("{}:{position}", earlier.source.file),
            None => earlier.source.file.clone(),
        };
        diagnostics.push(
            Diagnostic::error(format!("duplicate CustomResourceDefinition {}", quote(&definition.name)))
                .code(code::DUPLICATE_NAME)
                .at(&definition.source.file, definition.source.position)
                .help(format!("delete one of them; the first is at {place}")),
        );
    }
    diagnostics
}

impl Loaded {
    /// Takes a document or an item of a list.
    fn take(&mut self, file: &str, source: &SourceText<'_>, document: &Node<'_>) {
        let text = |name: &str| document.get(name).and_then(Node::as_str).unwrap_or_default();
        match (text("kind"), document.get("items").map(|items| &items.content)) {
            ("CustomResourceDefinition", _) => {
                let (definition, diagnostics) = decode::decode(Report::of(file, source), document);
                let mut refusals = acceptance::refusals(file, document, definition.as_ref());
                if definition.is_none() {
                    let lines: BTreeSet<_> = diagnostics.iter().map(line).collect();
                    refusals.0.retain(|refusal| !lines.contains(&line(refusal)));
                }
                self.refusals.extend(refusals);
                self.definitions.extend(definition);
                self.diagnostics.extend(diagnostics);
            }
            ("List" | "CustomResourceDefinitionList", Some(Content::Sequence(items))) => {
                // Documents nest to a fixed depth, and so do lists in lists.
                for item in items {
                    self.take(file, source, item);
                }
            }
            _ => self.skipped += 1,
        }
    }
}

fn line(diagnostic: &Diagnostic) -> Option<u32> {
    diagnostic.position.map(|position| position.line)
}
