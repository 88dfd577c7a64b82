//! The three kinds of patches that change a JSON value.
//!
//! In: a patch and the value. Out: the patched value, or why the patch does not apply. They know no resources.

pub(crate) mod json_patch;
pub(crate) mod merge;
pub(crate) mod strategic;
