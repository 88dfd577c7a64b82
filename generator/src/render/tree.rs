//! The files of one run.

use std::collections::BTreeMap;

use crate::naming::Names;

/// Files by their path below the output folder, with slashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// Path to text.
    pub(crate) files: BTreeMap<String, String>,
    /// How many types they define.
    pub(crate) types: usize,
    /// What the names in them stand for.
    pub(crate) names: Names,
}
