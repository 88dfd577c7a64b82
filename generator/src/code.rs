//! The codes of the generator's own findings, for tools; those of reading are `crdgen_schema`'s.

/// A constraint or rule that `validate` leaves to the API server.
pub(crate) const NOT_VALIDATED: &str = "not-validated";
/// Two members of a scope that want the same name, where no output remembers who had it.
pub(crate) const CONTESTED_NAME: &str = "contested-name";
/// A name that the settings give twice.
pub(crate) const REPEATED_NAME: &str = "repeated-name";
/// Two CRDs that define one kind.
pub(crate) const REPEATED_KIND: &str = "repeated-kind";
/// A file or folder that cannot be read.
pub(crate) const UNREADABLE: &str = "unreadable";
/// A file or folder without a CRD.
pub(crate) const NO_DEFINITION: &str = "no-definition";
