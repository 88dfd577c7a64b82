//! The name of a resource without its version, and of a group with one.

use std::fmt;

/// A resource in all its versions, which is how messages name it: `deployments.apps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupResource<'a> {
    /// Empty for the core API.
    pub(crate) group: &'a str,
    /// The plural.
    pub(crate) resource: &'a str,
}

impl fmt::Display for GroupResource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.resource)?;
        if self.group.is_empty() { Ok(()) } else { write!(f, ".{}", self.group) }
    }
}

/// `GROUP/VERSION`, or the version alone for the core API.
pub(crate) fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}
