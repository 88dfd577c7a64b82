//! The writes that objects are prepared and checked for, and what they replace.

use serde_json::Value;

/// A write of an object.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// The object is created.
    Create,
    /// The object replaces the old one.
    Update {
        /// The object as it is stored.
        old: &'a Value,
    },
    /// The status of the object replaces that of the old one, by the subresource `/status`.
    Status {
        /// The object as it is stored.
        old: &'a Value,
    },
}

impl<'a> Operation<'a> {
    /// The object that is replaced.
    pub fn old(self) -> Option<&'a Value> {
        match self {
            Self::Create => None,
            Self::Update { old } | Self::Status { old } => Some(old),
        }
    }
}
