//! The proof for one CRD: generate, grow, generate over it, compare.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crdgen_schema::definition::{self, Definition};

use super::{
    code::{File, Tree},
    compare::compare,
    mutation::{Variant, chain, variants},
    report::Report,
};

/// A CRD to prove it for.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// Its file, and its name.
    pub(crate) name: String,
    /// The CRD as JSON.
    json: String,
    /// Another CRD of the same group, as JSON: chains grow in its company.
    company: Option<String>,
}

/// Whether the new output knows the names of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// It is generated over the old one's manifest.
    Kept,
    /// It is generated as if there were no other.
    Anew,
}

/// How many random mutations follow each other in a chain, and how many chains there are.
const CHAIN_LENGTH: usize = 3;
const CHAINS: u64 = 3;

/// All CRDs of some files, given as names and texts. What is not a CRD is left out.
pub(crate) fn subjects(files: &[(String, String)]) -> Vec<Subject> {
    let mut found: Vec<(String, Definition)> = Vec::new();
    for (file, text) in files {
        let loaded = definition::load(file, text);
        let folder = file.split('/').next().unwrap_or_default();
        found.extend(loaded.definitions.into_iter().map(|definition| (folder.to_owned(), definition)));
    }
    let subject = |(index, (folder, definition)): (usize, &(String, Definition))| {
        let same = |other: &&(String, Definition)| {
            other.0 == *folder && other.1.group == definition.group && other.1.names.kind != definition.names.kind
        };
        let (before, after) = found.split_at(index);
        let company = after.iter().skip(1).chain(before).find(same).map(|(_, other)| other.json.clone());
        let name = format!("{} ({})", definition.source.file, definition.name);
        Subject { name, json: definition.json.clone(), company }
    };
    found.iter().enumerate().map(subject).collect()
}

/// Compares the CRD's output with that of each variant, and the outputs of a chain's steps with each other.
pub(crate) fn prove(subject: &Subject, seed: u64, names: Names) -> Report {
    let mut report = Report::default();
    report.crds = 1;
    let alone = match Generation::new(&subject.json, None, None) {
        Ok(generation) => generation,
        Err(cause) => {
            report.refuse("the CRD itself", &cause);
            return report;
        }
    };
    match variants(&subject.json, seed) {
        Ok(variants) => {
            for variant in variants {
                step(subject, &alone, &subject.json, &variant, "", names, &mut report);
            }
        }
        Err(error) => report.refuse("the CRD itself", &error.to_string()),
    }
    chains(subject, alone, seed, names, &mut report);
    report
}

fn chains(subject: &Subject, alone: Generation, seed: u64, names: Names, report: &mut Report) {
    let company = subject.company.as_ref().map(|json| format!("---\n{json}")).unwrap_or_default();
    let first = match &company {
        none if none.is_empty() => alone,
        some => match Generation::new(&format!("{}{some}", subject.json), None, Some(&alone)) {
            Ok(generation) => generation,
            Err(cause) => return report.refuse("the CRD in company", &cause),
        },
    };
    for number in 0..CHAINS {
        let Ok(steps) = chain(&subject.json, seed.wrapping_add(number), CHAIN_LENGTH) else { return };
        let (mut last, mut text) = (None, subject.json.clone());
        for variant in steps {
            let old = last.as_ref().unwrap_or(&first);
            let Some(new) = step(subject, old, &text, &variant, &company, names, report) else { break };
            (last, text) = (Some(new), variant.text);
        }
    }
}

/// Generates a variant over an output, and compares the two.
fn step(
    subject: &Subject,
    old: &Generation,
    before: &str,
    variant: &Variant,
    company: &str,
    names: Names,
    report: &mut Report,
) -> Option<Generation> {
    let manifest = (names == Names::Kept).then(|| old.manifest());
    let text = format!("{}{company}", variant.text);
    match Generation::new(&text, manifest, Some(old)) {
        Ok(new) => {
            let findings = compare(&old.tree, &new.tree);
            report.add(&subject.name, variant, (&format!("{before}{company}"), &text), findings);
            Some(new)
        }
        Err(cause) => {
            report.refuse(variant.mutation, &cause);
            None
        }
    }
}

/// An output, read.
pub(crate) struct Generation {
    files: BTreeMap<String, String>,
    parsed: BTreeMap<String, Arc<File>>,
    tree: Tree,
}

impl Generation {
    /// Generates code for the CRDs of a text. Files that are as in `old` are not parsed again.
    pub(crate) fn new(text: &str, manifest: Option<&str>, old: Option<&Self>) -> Result<Self, String> {
        let loaded = definition::load("crd.json", text);
        if loaded.diagnostics.has_errors() {
            return Err(loaded.diagnostics.to_string());
        }
        let output = crdgen::configure().docs(false).output(&loaded.definitions, manifest);
        let files = output.map_err(|error| error.to_string())?.files;
        let mut parsed = BTreeMap::new();
        for (path, text) in
            files.iter().filter(|(path, _)| Path::new(path).extension().is_some_and(|ending| ending == "rs"))
        {
            let known = old.filter(|old| old.files.get(path) == Some(text)).and_then(|old| old.parsed.get(path));
            let file = match known {
                Some(file) => Arc::clone(file),
                None => Arc::new(File::parse(text).map_err(|error| format!("{path} is not Rust: {error}"))?),
            };
            parsed.insert(path.clone(), file);
        }
        let tree = Tree::new(&parsed);
        Ok(Self { files, parsed, tree })
    }

    /// The text of the manifest.
    pub(crate) fn manifest(&self) -> &str {
        self.files.get(".crdgen").map_or("", String::as_str)
    }
}
