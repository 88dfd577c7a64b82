//! One output, generated and read.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crdgen_schema::definition;

use super::code::{File, Tree};

/// An output.
#[derive(Debug)]
pub(crate) struct Generation {
    files: BTreeMap<String, String>,
    parsed: BTreeMap<String, Arc<File>>,
    tree: Tree,
}

impl Generation {
    /// Generates code for the CRDs of a text, with clients and informers, and reads it. Files that are as in `old` are not
    /// parsed again.
    pub(crate) fn new(text: &str, manifest: Option<&str>, old: Option<&Self>) -> Result<Self, String> {
        let loaded = definition::load("crd.json", text);
        if loaded.diagnostics.has_errors() {
            return Err(loaded.diagnostics.to_string());
        }
        // Documentation has no names.
        let output = crdgen::configure().docs(false).output(&loaded.definitions, manifest);
        Self::read(output.map_err(|error| error.to_string())?.files, old)
    }

    /// Reads the files of an output, by their paths.
    pub(crate) fn read(files: BTreeMap<String, String>, old: Option<&Self>) -> Result<Self, String> {
        let is_rust = |path: &str| Path::new(path).extension().is_some_and(|ending| ending == "rs");
        let mut parsed = BTreeMap::new();
        for (path, text) in files.iter().filter(|(path, _)| is_rust(path)) {
            let known = old.filter(|old| old.files.get(path) == Some(text)).and_then(|old| old.parsed.get(path));
            let file = match known {
                Some(file) => Arc::clone(file),
                None => Arc::new(File::parse(text).map_err(|error| format!("error: {path} is not Rust: {error}"))?),
            };
            parsed.insert(path.clone(), file);
        }
        let tree = Tree::new(&parsed);
        Ok(Self { files, parsed, tree })
    }

    /// Its modules.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The text of its manifest.
    pub(crate) fn manifest(&self) -> &str {
        self.files.get(".crdgen").map_or("", String::as_str)
    }

    /// All its files.
    #[cfg(test)]
    pub(crate) fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }
}
