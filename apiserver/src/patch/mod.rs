//! The three kinds of patches that change a JSON value.
//!
//! In: a patch and a value. Out: the patched value, or why the patch does not apply; and the text that Go has of it. Nothing here depends on resources.

pub(crate) mod json_patch;
pub(crate) mod merge;
pub(crate) mod strategic;
pub(crate) mod text;
