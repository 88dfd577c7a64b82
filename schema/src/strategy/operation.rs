//! The writes that objects are prepared and checked for, and what they replace.

/// A write of an object. `V` is how the object that is replaced is held: as JSON, or as a [`View`](crate::view::View).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Operation<V> {
    /// The object is created.
    Create,
    /// The object replaces the old one.
    Update {
        /// The object as it is stored.
        old: V,
    },
    /// The status of the object replaces that of the old one, by the subresource `/status`.
    Status {
        /// The object as it is stored.
        old: V,
    },
}

impl<V> Operation<V> {
    /// The object that is replaced.
    pub fn old(self) -> Option<V> {
        match self {
            Self::Create => None,
            Self::Update { old } | Self::Status { old } => Some(old),
        }
    }

    /// Whether this is an update of the status.
    pub(super) fn is_status(&self) -> bool {
        matches!(self, Self::Status { .. })
    }

    /// The same write, with the old object held in another way.
    pub fn map<W>(self, change: impl FnOnce(V) -> W) -> Operation<W> {
        match self {
            Self::Create => Operation::Create,
            Self::Update { old } => Operation::Update { old: change(old) },
            Self::Status { old } => Operation::Status { old: change(old) },
        }
    }
}
