//! What a run reads, as callers name it: one path or several.

use std::path::{Path, PathBuf};

/// One path or several: `"crds"`, `["crds", "more"]`, a `PathBuf`, a slice or a `Vec` of paths.
pub trait Inputs {
    /// The paths, in the order given.
    fn into_paths(self) -> Vec<PathBuf>;
}

impl Inputs for &str {
    fn into_paths(self) -> Vec<PathBuf> {
        vec![self.into()]
    }
}

impl Inputs for &Path {
    fn into_paths(self) -> Vec<PathBuf> {
        vec![self.into()]
    }
}

impl Inputs for PathBuf {
    fn into_paths(self) -> Vec<PathBuf> {
        vec![self]
    }
}

impl<P: AsRef<Path>> Inputs for &[P] {
    fn into_paths(self) -> Vec<PathBuf> {
        self.iter().map(|path| path.as_ref().to_owned()).collect()
    }
}

impl<P: AsRef<Path>, const N: usize> Inputs for [P; N] {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}

impl<P: AsRef<Path>> Inputs for &Vec<P> {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}
