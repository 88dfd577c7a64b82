//! Which children were created for which owner, as the server and as the controller sees it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use http::StatusCode;
use serde_json::Value;

use super::proxy::lock;

/// The label of a child with the UID of its owner.
pub(super) const OWNER: &str = "faults.example.com/owner";

/// What became of the requests that create children, by the UID of the owner.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<BTreeMap<String, Outcomes>>);

/// What became of the requests for one owner.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcomes {
    /// Whether a user has begun to delete the owner. The server may delete its children then, and a controller whose cache is behind
    /// creates another one.
    pub(super) is_going: bool,
    /// How many children the server has created, before that.
    pub(super) performed: usize,
    /// How many requests the server has got without telling the proxy what became of them.
    pub(super) unanswered: usize,
    /// How many requests ended for the controller without an answer that a child was created.
    pub(super) unknown: usize,
    /// How many children users have deleted.
    pub(super) deleted: usize,
    /// How often the controller could not know of a child, because its cache was too far behind.
    pub(super) excused: usize,
}

/// A request of the controller that creates a child. If it is dropped, the controller does not know what became of it.
pub(super) struct Attempt {
    attempts: Arc<Attempts>,
    owner: String,
    is_known: bool,
}

impl Attempts {
    /// What became of the requests for an owner.
    pub(super) fn of(&self, owner: &str) -> Outcomes {
        lock(&self.0).get(owner).copied().unwrap_or_default()
    }

    /// All owners.
    pub(super) fn all(&self) -> BTreeMap<String, Outcomes> {
        lock(&self.0).clone()
    }

    /// The controller is about to create a child.
    pub(super) fn begin(self: &Arc<Self>, owner: &str) -> Attempt {
        Attempt { attempts: Arc::clone(self), owner: owner.to_owned(), is_known: false }
    }

    /// Notes the server's answer to a request with this body; none if there was none.
    pub(super) fn answered(&self, body: &[u8], status: Option<StatusCode>) {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let Some(owner) = body["metadata"]["labels"][OWNER].as_str() else { return };
        self.change(owner, |outcomes| match status {
            Some(StatusCode::CREATED) if !outcomes.is_going => outcomes.performed += 1,
            Some(_) => {}
            None => outcomes.unanswered += 1,
        });
    }

    /// Notes that a user is about to delete an owner.
    pub(super) fn going(&self, owner: &str) {
        self.change(owner, |outcomes| outcomes.is_going = true);
    }

    /// Notes that a user is about to delete a child.
    pub(super) fn deleting(&self, owner: &str) {
        self.change(owner, |outcomes| outcomes.deleted += 1);
    }

    /// Notes that the controller cannot know of a child.
    pub(super) fn excuse(&self, owner: &str) {
        self.change(owner, |outcomes| outcomes.excused += 1);
    }

    fn change(&self, owner: &str, change: impl FnOnce(&mut Outcomes)) {
        change(lock(&self.0).entry(owner.to_owned()).or_default());
    }
}

impl Outcomes {
    /// How many children there may have been at most.
    pub(super) fn allowed(&self) -> usize {
        1 + self.deleted + self.excused + self.unknown
    }
}

impl Attempt {
    /// The controller has got the answer.
    pub(super) fn succeeded(mut self) {
        self.is_known = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_known {
            self.attempts.change(&self.owner, |outcomes| outcomes.unknown += 1);
        }
    }
}
