//! Writes what the reflector reads to the store, and passes the changes on to the handlers.

use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::options::Transform;
use super::registration::Occasion;
use super::state::State;
use crate::cached::Cached;
use crate::decode::{List, Undecodable};
use crate::kind::Kind;
use crate::metrics::InformerMetrics;
use crate::reflector::{Error, Sink};
use crate::store::Batch;
use crate::watch::Event;

/// The length of a list from which on it is written on a thread of its own.
const LONG_LIST: usize = 512;

/// The sink by which a reflector writes to an informer.
pub(super) struct Feed<K: Kind> {
    pub(super) state: Arc<State<K>>,
    /// Which of the informer's sources this is.
    pub(super) source: usize,
    /// The namespace of its objects; none if it has them all.
    pub(super) scope: Option<Arc<str>>,
    pub(super) transform: Option<Transform<K>>,
    pub(super) metrics: Option<InformerMetrics>,
}

impl<K: Kind> Sink<K> for Feed<K> {
    fn receive(&self, object: Cached<K>) -> Cached<K> {
        match &self.transform {
            Some(transform) => object.changed(|object| transform(object)),
            None => object,
        }
    }

    fn known(&self, object: Cached<K>) -> Cached<K> {
        // A list has many objects at once.
        self.state.writer.store().known(object.undecoded())
    }

    fn contact(&self) {
        self.state.health.send_if_modified(|health| {
            health.change(self.source, |source| {
                source.last_contact = Some(Instant::now());
                source.last_error = None;
            })
        });
    }

    fn failed(&self, error: &Error) {
        self.state.health.send_modify(|health| {
            health.change(self.source, |source| source.last_error = Some(error.to_string()));
        });
    }

    async fn replace(&mut self, list: List<Cached<K>>) {
        let turn = Arc::clone(&self.state.turn).lock_owned().await;
        let is_last = self.state.health.borrow().others_synced(self.source);
        let (state, source) = (Arc::clone(&self.state), self.source);
        let (scope, length) = (self.scope.clone(), list.items.len());
        // Once it has begun it comes to its end, also if nobody waits for it any more: whoever writes next waits for its turn.
        let replace = move || {
            let _turn = turn;
            let List { items, undecodable, resource_version, .. } = list;
            let prepared = state.writer.prepare_list(scope.as_ref(), items, undecodable, &resource_version);
            state.publish(prepared, Occasion::List, |distribution| {
                if is_last {
                    distribution.mark_synced();
                }
            });
            state.health.send_modify(|health| {
                health.change(source, |source| source.synced = true);
            });
        };
        if length < LONG_LIST {
            replace();
        } else if let Err(error) = spawn_blocking(replace).await
            && let Ok(panic) = error.try_into_panic()
        {
            // It takes some microseconds for each object, and tasks of this thread should not have waited for that.
            resume_unwind(panic);
        }
    }

    async fn apply(&mut self, events: Vec<Event<K>>) {
        let _turn = self.state.turn.lock().await;
        let began = self.metrics.as_ref().map(|metrics| (metrics, Instant::now()));
        // A list without a version: until there is one, additions come in no order and do not say what has been seen.
        let mut unordered = self.state.writer.store().read(|snapshot| matches!(snapshot.resource_version(), "" | "0"));
        let prepared = self.state.writer.prepare_batch(|batch| {
            for event in events {
                unordered &= matches!(event, Event::Added(_));
                write(batch, event, unordered);
            }
        });
        self.state.publish(prepared, Occasion::Watch, |_| {});
        if let Some((metrics, began)) = began {
            metrics.processed(began.elapsed());
        }
    }
}

fn write<K: Kind>(batch: &mut Batch<K>, event: Event<K>, unordered: bool) {
    match event {
        Event::Added(Ok(object)) if unordered => batch.insert_unordered(object),
        Event::Added(Err(undecodable)) if unordered => {
            batch.insert_undecodable(Undecodable { resource_version: None, ..undecodable });
        }
        Event::Added(Ok(object)) | Event::Modified(Ok(object)) => batch.insert(object),
        Event::Added(Err(undecodable)) | Event::Modified(Err(undecodable)) => batch.insert_undecodable(undecodable),
        Event::Deleted(Ok(object)) => {
            let Some(key) = object.key() else { return };
            let version = object.resource_version().unwrap_or_default().to_owned();
            batch.remove(&key, Some(object), &version);
        }
        Event::Deleted(Err(Undecodable { key, resource_version, .. })) => {
            if let Some(key) = key {
                batch.remove(&key, None, resource_version.as_deref().unwrap_or_default());
            }
        }
        Event::Bookmark { resource_version, .. } => batch.bookmark(&resource_version),
    }
}
