//! The codes of the generator's own findings, for tools; those of reading are `crdgen_schema`'s.

/// A schema that nests deeper than generated types do.
pub(crate) const NOT_TYPED: &str = "not-typed";
/// Two members of a scope that want the same name, where no output remembers who had it.
pub(crate) const CONTESTED_NAME: &str = "contested-name";
/// A setting that changes nothing.
pub(crate) const UNUSED_SETTING: &str = "unused-setting";
/// A name that the settings give twice.
pub(crate) const REPEATED_NAME: &str = "repeated-name";
/// Two CRDs that define one kind.
pub(crate) const REPEATED_KIND: &str = "repeated-kind";
/// Input that cannot be read, or holds no CRD.
pub(crate) const INPUT: &str = "input";

/// An unknown setting, or one with an invalid value.
#[cfg(feature = "cli")]
pub(crate) const SETTING: &str = "setting";
/// No output folder is named.
#[cfg(feature = "cli")]
pub(crate) const NO_OUTPUT: &str = "no-output";
/// Files in the output folder that are somebody else's.
#[cfg(feature = "cli")]
pub(crate) const FOREIGN_FILES: &str = "foreign-files";
/// A manifest of the output folder that cannot be read.
#[cfg(feature = "cli")]
pub(crate) const DAMAGED_MANIFEST: &str = "damaged-manifest";
/// Files that differ in the case of their names only.
#[cfg(feature = "cli")]
pub(crate) const REPEATED_FILE: &str = "repeated-file";
/// The operating system's refusal to read or write a file.
#[cfg(feature = "cli")]
pub(crate) const IO: &str = "io";
