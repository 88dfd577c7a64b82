//! The codes of findings about definitions, for tools: a code stays the same when the words of the message change.

/// A finding of no kind that has a code yet.
pub const OTHER: &str = "other";

/// The text is not YAML, or YAML that JSON cannot express.
pub const INVALID_YAML: &str = "invalid-yaml";
/// A key that its object had already.
pub const DUPLICATE_KEY: &str = "duplicate-key";
/// An unquoted key or value that YAML 1.1 reads as something else than its text.
pub const YAML_1_1: &str = "yaml-1-1";

/// A value of another type than the API has there.
pub const WRONG_TYPE: &str = "wrong-type";
/// A member that must be there and is not.
pub const MISSING: &str = "missing";
/// A value that is none of those that the API knows.
pub const UNKNOWN_VALUE: &str = "unknown-value";
/// A name that Kubernetes does not allow.
pub const INVALID_NAME: &str = "invalid-name";
/// A version or a definition whose name an earlier one has.
pub const DUPLICATE_NAME: &str = "duplicate-name";
/// A definition of an API version that is not read.
pub const API_VERSION: &str = "api-version";
/// A keyword that schemas do not have.
pub const UNKNOWN_KEYWORD: &str = "unknown-keyword";
/// A keyword that the schema of a definition cannot have.
pub const UNSUPPORTED_KEYWORD: &str = "unsupported-keyword";
/// Something that is nested too deeply.
pub const TOO_DEEP: &str = "too-deep";

/// What makes kube-apiserver refuse the definition.
pub const REFUSED: &str = "refused-by-api-server";
