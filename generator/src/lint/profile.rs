//! How many checks are on.

/// A set of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Profile {
    /// What is wrong whatever the project's conventions are.
    #[default]
    Default,
    /// The Kubernetes API conventions as well, as kube-api-linter has them for Go.
    Strict,
}

impl Profile {
    /// The profile of that name, if there is one.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::Default),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}
