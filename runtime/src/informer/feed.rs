//! Writes what the reflector reads to the store, and passes the changes on to the handlers.

use std::sync::Arc;

use super::options::Transform;
use super::state::State;
use crate::cached::Cached;
use crate::decode::{List, Undecodable};
use crate::kind::Kind;
use crate::reflector::Sink;
use crate::store::Batch;
use crate::watch::Event;

/// The sink by which a reflector writes to an informer.
pub(super) struct Feed<K: Kind> {
    pub(super) state: Arc<State<K>>,
    pub(super) transform: Option<Transform<K>>,
}

impl<K: Kind> Sink<K> for Feed<K> {
    fn receive(&self, object: Cached<K>) -> Cached<K> {
        match &self.transform {
            Some(transform) => object.changed(|object| transform(object)),
            None => object,
        }
    }

    fn known(&self, object: Cached<K>) -> Cached<K> {
        self.state.writer.store().known(object)
    }

    async fn replace(&mut self, list: List<Cached<K>>) {
        let mut distribution = self.state.lock();
        let changes = self.state.writer.replace(list.items, list.undecodable, &list.resource_version);
        distribution.distribute(changes);
        distribution.mark_synced();
        drop(distribution);
        self.state.synced.send_replace(true);
    }

    async fn apply(&mut self, events: Vec<Event<K>>) {
        let mut distribution = self.state.lock();
        let changes = self.state.writer.batch(|batch| events.into_iter().for_each(|event| write(batch, event)));
        distribution.distribute(changes);
    }
}

fn write<K: Kind>(batch: &mut Batch<K>, event: Event<K>) {
    match event {
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
