//! What a turn has written.

use std::cmp::Ordering;
use std::sync::Arc;

use parking_lot::Mutex;

use super::turns::Cause;
use crate::client::WriteLog;
use crate::kind::{ApiResource, ObjectKey, compare_versions};

/// A write that succeeded.
#[derive(Clone, Debug)]
pub(super) struct Write {
    /// The resource, as it prints.
    pub(super) resource: Arc<str>,
    pub(super) key: ObjectKey,
    pub(super) outcome: Outcome,
}

/// What the object is since the write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has this resource version.
    Version(Arc<str>),
    /// The object with this UID is gone.
    Gone(Option<Arc<str>>),
}

/// What a cache shows of an object.
pub(super) enum State<'s> {
    There { uid: Option<&'s str>, version: Option<&'s str> },
    Gone,
}

impl Write {
    /// Whether it was of this object.
    pub(super) fn is_of(&self, resource: &str, key: &ObjectKey) -> bool {
        &self.key == key && &*self.resource == resource
    }

    /// Whether a cache that shows this has the write, or something newer.
    pub(super) fn is_shown_by(&self, state: &State<'_>) -> bool {
        match (&self.outcome, state) {
            (Outcome::Version(written), State::There { version: Some(shown), .. }) => {
                compare_versions(written, shown).is_some_and(Ordering::is_le)
            }
            (Outcome::Gone(gone), State::There { uid, .. }) => gone.as_deref() != *uid,
            // It has no version to wait for, or somebody has deleted it since.
            (Outcome::Version(_), State::There { version: None, .. }) | (_, State::Gone) => true,
        }
    }

    /// Whether it gave an object a version that a cache at `version` has reached: if the object is not there, it is gone again.
    pub(super) fn is_reached_by(&self, version: &str) -> bool {
        match &self.outcome {
            Outcome::Version(written) => compare_versions(written, version).is_some_and(Ordering::is_le),
            Outcome::Gone(_) => false,
        }
    }

    /// Whether the event shows this write and nothing newer.
    pub(super) fn is_shown_exactly(&self, cause: &Cause) -> bool {
        let same = match &self.outcome {
            Outcome::Version(written) => cause.version.as_ref() == Some(written),
            Outcome::Gone(_) => cause.version.is_none(),
        };
        same && self.is_of(&cause.resource, &cause.key)
    }
}

/// Collects the writes of one turn.
#[derive(Debug, Default)]
pub(super) struct TurnWrites(Mutex<Vec<Write>>);

impl TurnWrites {
    pub(super) fn take(&self) -> Vec<Write> {
        std::mem::take(&mut self.0.lock())
    }

    fn push(&self, resource: &ApiResource, key: ObjectKey, outcome: Outcome) {
        let write = Write { resource: resource.to_string().into(), key, outcome };
        self.0.lock().push(write);
    }
}

impl WriteLog for TurnWrites {
    fn wrote(&self, resource: &ApiResource, key: ObjectKey, version: &str) {
        self.push(resource, key, Outcome::Version(version.into()));
    }

    fn deleted(&self, resource: &ApiResource, key: ObjectKey, uid: Option<&str>) {
        self.push(resource, key, Outcome::Gone(uid.map(Arc::from)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::StaticKind;
    use crate::testing::Database;

    #[test]
    fn what_a_turn_writes_and_deletes_is_collected_until_it_is_taken() {
        let (writes, key, resource) =
            (TurnWrites::default(), ObjectKey::new(Some("ns"), "a"), Database::api_resource());
        writes.wrote(&resource, key.clone(), "12");
        writes.deleted(&resource, key.clone(), Some("u"));
        let taken = writes.take();
        let outcomes: Vec<_> = taken.iter().map(|write| &write.outcome).collect();
        assert!(matches!(outcomes[..], [Outcome::Version(version), Outcome::Gone(Some(uid))]
            if &**version == "12" && &**uid == "u"));
        assert!(taken.iter().all(|write| write.key == key) && writes.take().is_empty());
    }
}
