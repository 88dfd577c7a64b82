//! The codes of the generator's own findings, for tools; those of reading are `crdgen_schema`'s.

/// A constraint or rule that `validate` leaves to the API server.
pub(crate) const NOT_VALIDATED: &str = "not-validated";
/// Two members of a scope that want the same name, where no output remembers who had it.
pub(crate) const CONTESTED_NAME: &str = "contested-name";
/// A name that the settings give twice.
pub(crate) const REPEATED_NAME: &str = "repeated-name";
/// Two CRDs that define one kind.
pub(crate) const REPEATED_KIND: &str = "repeated-kind";
/// Input that cannot be read, or holds no CRD.
pub(crate) const INPUT: &str = "input";
