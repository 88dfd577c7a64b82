//! What a turn has written.

use std::sync::{Arc, Mutex, PoisonError};

use super::turns::Cause;
use crate::client::WriteLog;
use crate::kind::{ApiResource, ObjectKey};

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
            (Outcome::Version(written), State::There { version: Some(shown), .. }) => is_reached(written, shown),
            (Outcome::Gone(gone), State::There { uid, .. }) => gone.as_deref() != *uid,
            // It has no version to wait for, or somebody has deleted it since.
            (Outcome::Version(_), State::There { version: None, .. }) | (_, State::Gone) => true,
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

/// Whether version `shown` is `written` or a later one. Resource versions are decimal numbers of any length (KEP-5504);
/// others can only be equal.
fn is_reached(written: &str, shown: &str) -> bool {
    let number = |version: &str| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if !number(written) || !number(shown) {
        return written == shown;
    }
    let (written, shown) = (written.trim_start_matches('0'), shown.trim_start_matches('0'));
    (shown.len(), shown) >= (written.len(), written)
}

/// Collects the writes of one turn.
#[derive(Debug, Default)]
pub(super) struct TurnWrites(Mutex<Vec<Write>>);

impl TurnWrites {
    pub(super) fn take(&self) -> Vec<Write> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, resource: &ApiResource, key: ObjectKey, outcome: Outcome) {
        let write = Write { resource: resource.to_string().into(), key, outcome };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(write);
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

    #[test]
    fn versions_are_compared_as_numbers_if_they_are_numbers() {
        for (written, shown, expected) in [
            ("9", "9", true),
            ("9", "10", true),
            ("10", "9", false),
            ("99999999999999999999999999999999999999999", "100000000000000000000000000000000000000000", true),
            ("007", "7", true),
            ("a1", "a1", true),
            ("a1", "a2", false),
        ] {
            assert_eq!(is_reached(written, shown), expected, "{written} {shown}");
        }
    }
}
