//! What inputs are made from: the CRDs of the project's fixtures, or of a folder, and objects of theirs.
//!
//! In: a folder. Out: documents, in the order of their paths.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use crdgen_schema::{
    definition::Definition,
    synthesis::{Limits, Synthesizer},
    yaml,
};
use serde_json::Value;

/// So many objects are made of one CRD.
const OBJECTS: usize = 12;
/// Objects are small, so that many of them can be tried.
const LIMITS: Limits = Limits { turns: 4, parts: 4, nodes: 600, steps: 60_000 };

/// The folder with the project's own CRDs.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// A CRD, and objects of its storage version.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) definition: Value,
    pub(crate) objects: Vec<Value>,
}

/// The CRDs of all YAML files below a folder.
pub(crate) fn definitions(folder: &Path) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for file in files(folder)? {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let documents = yaml::parse(&text).documents;
        let documents = documents.iter().map(crdgen_schema::node::Node::to_value);
        found.extend(documents.filter(|document| document["kind"] == "CustomResourceDefinition"));
    }
    ensure!(!found.is_empty(), "there are no CRDs below {}", folder.display());
    Ok(found)
}

impl Seed {
    /// A CRD with objects made from it.
    pub(crate) fn new(definition: Value) -> Self {
        let mut objects = Vec::new();
        if let Ok(read) = Definition::from_value(&definition) {
            let version = read.versions.iter().find(|version| version.storage);
            let synthesizer = version.and_then(|version| Synthesizer::new(&read, &version.name));
            if let Some(synthesizer) = synthesizer {
                objects.extend(synthesizer.samples(&LIMITS).take(OBJECTS).map(|sample| sample.object));
            }
        }
        Self { definition, objects }
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
