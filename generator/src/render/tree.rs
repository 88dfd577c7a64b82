//! The files of one run.

use std::{borrow::Cow, collections::BTreeMap};

use crate::naming::Names;

/// Files by their path below the output folder, with slashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree<'a> {
    /// Path to text; the CRDs' own is borrowed.
    pub(crate) files: BTreeMap<String, Cow<'a, str>>,
    /// How many types they define.
    pub(crate) types: usize,
    /// What the names in them stand for.
    pub(crate) names: Names,
}
