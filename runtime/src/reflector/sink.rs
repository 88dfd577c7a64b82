//! What a reflector writes to.

use super::error::Error;
use crate::cached::Cached;
use crate::decode::List;
use crate::kind::Kind;
use crate::watch::Event;

/// Receives what a reflector reads. Calls come one after the other, in the order of the resource versions.
pub trait Sink<K: Kind>: Send + Sync {
    /// Called once for each object as it arrives, before the call with the list or the event that has it. What it returns
    /// takes the object's place.
    fn receive(&self, object: Cached<K>) -> Cached<K> {
        object
    }

    /// Called for each object of a list after [`receive`](Self::receive). If the same state of the object is there
    /// already, that one should be returned, so that a list does not hold everything twice.
    fn known(&self, object: Cached<K>) -> Cached<K> {
        object
    }

    /// Called whenever the server has answered: with a list, an open watch, or events.
    fn contact(&self) {}

    /// Called with each failure.
    fn failed(&self, error: &Error) {
        let _ = error;
    }

    /// All objects of the kind. Objects from earlier calls that are not among them are gone.
    fn replace(&mut self, list: List<Cached<K>>) -> impl Future<Output = ()> + Send;

    /// The changes that have arrived since the last call. Those of objects without a readable name are left out.
    fn apply(&mut self, events: Vec<Event<K>>) -> impl Future<Output = ()> + Send;
}
