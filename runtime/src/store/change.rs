//! The differences that a write made to the store, from which handlers are notified.

use crate::cached::Cached;
use crate::kind::Kind;

/// A difference between two successive states of the store.
#[derive(Debug)]
pub enum Change<K: Kind> {
    /// The object is new.
    Added(Cached<K>),
    /// The object has another resource version. If the UIDs differ, it was deleted and another one created in between.
    Updated {
        /// The state before.
        old: Cached<K>,
        /// The state now.
        new: Cached<K>,
    },
    /// The object is gone.
    Deleted(Deleted<K>),
}

impl<K: Kind> Change<K> {
    /// The object in its new state, or in its last one.
    pub fn object(&self) -> &Cached<K> {
        match self {
            Self::Added(object) | Self::Updated { new: object, .. } => object,
            Self::Deleted(last) => last.object(),
        }
    }
}

impl<K: Kind> Clone for Change<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Added(object) => Self::Added(object.clone()),
            Self::Updated { old, new } => Self::Updated { old: old.clone(), new: new.clone() },
            Self::Deleted(last) => Self::Deleted(last.clone()),
        }
    }
}

/// An object that is gone.
#[derive(Debug)]
pub enum Deleted<K: Kind> {
    /// The final state, as the server reported it.
    Final(Cached<K>),
    /// The last state that was seen. The object disappeared while nothing was watching, and may have changed before
    /// that (client-go's `DeletedFinalStateUnknown`).
    LastKnown(Cached<K>),
}

impl<K: Kind> Deleted<K> {
    /// The last known state, final or not.
    pub fn object(&self) -> &Cached<K> {
        match self {
            Self::Final(object) | Self::LastKnown(object) => object,
        }
    }
}

impl<K: Kind> Clone for Deleted<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Final(object) => Self::Final(object.clone()),
            Self::LastKnown(object) => Self::LastKnown(object.clone()),
        }
    }
}
