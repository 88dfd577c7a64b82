//! The files that the command installs.

use std::path::{Path, PathBuf};

use crdgen_apiserver::{Manifest, ManifestError};

/// The paths of the command line.
#[derive(Debug)]
pub(crate) struct Sources {
    definitions: Vec<PathBuf>,
    objects: Vec<PathBuf>,
}

impl Sources {
    pub(crate) fn new(definitions: Vec<PathBuf>, objects: Vec<PathBuf>) -> Self {
        Self { definitions, objects }
    }

    /// All paths.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.definitions.iter().chain(&self.objects).map(PathBuf::as_path)
    }

    /// Reads all of them.
    pub(crate) fn read(&self) -> Result<Vec<Manifest>, ManifestError> {
        let mut manifests = Vec::new();
        for path in &self.definitions {
            manifests.extend(Manifest::read(path)?.into_iter().filter(Manifest::is_definition));
        }
        for path in &self.objects {
            manifests.extend(Manifest::read(path)?);
        }
        Ok(manifests)
    }
}
