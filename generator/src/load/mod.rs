//! Paths → definitions. One of the shells: it reads files.
//!
//! In: files, folders and `-`. Out: every definition in them, what was read, and all findings. Folders are walked in
//! the order of their names, and files are read in parallel; hidden entries are skipped, and so are documents of other
//! kinds.

mod source;
mod walk;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crdgen_schema::{
    definition::{self, Definition},
    diagnostic::{Diagnostic, Diagnostics},
};

use crate::{code, parallel};
pub(crate) use source::{STDIN, Source, Sources, shown};

/// What a set of paths holds.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// All definitions, file by file.
    pub(crate) definitions: Vec<Definition>,
    /// What a source file is called in output: its path from the folder that was asked for. It is the same on every
    /// machine, from every working directory and wherever the folder is.
    pub(crate) labels: BTreeMap<String, String>,
    /// What was found.
    pub(crate) diagnostics: Diagnostics,
    /// What kube-apiserver would refuse.
    pub(crate) refusals: Diagnostics,
    /// What has been read.
    pub(crate) sources: Sources,
}

/// Reads everything. Faults of one file do not hide those of another, and a file that is named twice is read once.
pub(crate) fn load(paths: &[PathBuf]) -> Loaded {
    let mut input = Loaded::default();
    for path in paths {
        input.path(path);
    }
    let duplicates = definition::check_unique(&input.definitions);
    input.diagnostics.extend(duplicates);
    input
}

impl Loaded {
    fn path(&mut self, path: &Path) {
        let found = match self.sources.find(path, &[]) {
            Ok(found) => found,
            Err(finding) => return self.diagnostics.push(*finding),
        };
        let mut definitions = found.repeated;
        for read in parallel::map(found.new, Read::new) {
            definitions += self.take(read);
        }
        if definitions == 0 {
            let finding = Diagnostic::error("no CustomResourceDefinition found");
            let finding = finding.code(code::INPUT).at(&shown(path), None);
            self.diagnostics
                .push(finding.help("expected documents of kind CustomResourceDefinition, apiextensions.k8s.io/v1"));
        }
    }

    /// Takes what a file holds, and says how many definitions there were, counting faulty ones.
    fn take(&mut self, read: Read) -> usize {
        let Read { name, label, content } = read;
        match content {
            Ok(loaded) => {
                let found = loaded.definitions.len() + usize::from(loaded.diagnostics.has_errors());
                self.labels.insert(name, label);
                self.definitions.extend(loaded.definitions);
                self.diagnostics.extend(loaded.diagnostics);
                self.refusals.extend(loaded.refusals);
                found
            }
            Err(finding) => {
                self.diagnostics.push(*finding);
                1
            }
        }
    }
}

/// What one file holds.
struct Read {
    name: String,
    label: String,
    content: Result<definition::Loaded, Box<Diagnostic>>,
}

impl Read {
    fn new(source: Source) -> Self {
        let content = source.text().map(|text| definition::load(&source.name, &text));
        Self { name: source.name, label: source.label, content }
    }
}
