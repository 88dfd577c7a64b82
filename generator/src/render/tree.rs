//! The files of one run.

use std::collections::BTreeMap;

/// Files by their path below the output folder, with slashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Path to text.
    pub files: BTreeMap<String, String>,
    /// How many types they define.
    pub types: usize,
}
