//! The differences that a write made to the store, from which handlers are notified.

use std::sync::Arc;

/// A difference between two successive states of the store.
#[derive(Debug)]
pub enum Change<K> {
    /// The object is new.
    Added(Arc<K>),
    /// The object has another resource version. If the UIDs differ, it was deleted and another one created in between.
    Updated {
        /// The state before.
        old: Arc<K>,
        /// The state now.
        new: Arc<K>,
    },
    /// The object is gone.
    Deleted(Deleted<K>),
}

/// An object that is gone.
#[derive(Debug)]
pub enum Deleted<K> {
    /// The final state, as the server reported it.
    Final(Arc<K>),
    /// The last state that was seen. The object disappeared while nothing was watching, and may have changed before
    /// that (client-go's `DeletedFinalStateUnknown`).
    LastKnown(Arc<K>),
}

impl<K> Deleted<K> {
    /// The last known state, final or not.
    pub fn object(&self) -> &Arc<K> {
        match self {
            Self::Final(object) | Self::LastKnown(object) => object,
        }
    }
}

impl<K> Clone for Deleted<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Final(object) => Self::Final(Arc::clone(object)),
            Self::LastKnown(object) => Self::LastKnown(Arc::clone(object)),
        }
    }
}
