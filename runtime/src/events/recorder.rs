//! [`EventRecorder`], which puts events into a bounded queue.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::Resource;
use tokio::sync::mpsc;

use super::note::truncated;
use super::writer::EventWriter;

/// The most events that wait to be written. Further ones are dropped.
const QUEUE: usize = 1000;
/// The longest note that the API server takes, in bytes.
const MAX_NOTE: usize = 1024;
/// The longest reason and action.
const MAX_WORD: usize = 128;

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// Something that happens in normal operation.
    Normal,
    /// Something that somebody should look at.
    Warning,
}

/// Publishes events in the name of one controller. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventRecorder {
    queue: mpsc::Sender<Occurrence>,
}

/// One event to be written.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    pub(super) regarding: ObjectReference,
    pub(super) event_type: EventType,
    pub(super) reason: String,
    pub(super) action: String,
    pub(super) note: String,
}

impl EventRecorder {
    /// A recorder, and the writer that must be run so that its events are written. The writer ends when all clones of
    /// the recorder are dropped.
    ///
    /// `controller` is the reporting controller, a qualified name such as `database-controller` or
    /// `example.com/database-controller`.
    pub fn new(client: kube::Client, controller: &str) -> (Self, EventWriter) {
        let (queue, occurrences) = mpsc::channel(QUEUE);
        (Self { queue }, EventWriter::new(client, controller, occurrences))
    }

    /// Publishes an event about `object`.
    ///
    /// `reason` and `action` are single words in upper camel case (`UnsupportedEngine`, `Provision`), `note` is a
    /// sentence. Texts that are too long are cut. Never waits: if the API server is too slow, events are dropped.
    pub fn publish<K>(&self, object: &K, event_type: EventType, reason: &str, action: &str, note: &str)
    where
        K: Resource<DynamicType = ()>,
    {
        let occurrence = Occurrence {
            regarding: object.object_ref(&()),
            event_type,
            reason: truncated(reason, MAX_WORD).to_owned(),
            action: truncated(action, MAX_WORD).to_owned(),
            note: truncated(note, MAX_NOTE).to_owned(),
        };
        if let Err(error) = self.queue.try_send(occurrence) {
            tracing::warn!(kind = %K::kind(&()), reason, %error, "an event is lost");
        }
    }
}

impl EventType {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}
