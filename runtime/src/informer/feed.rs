//! Writes what the reflector reads to the store, and passes the changes on to the handlers.

use std::sync::Arc;

use super::shared::Shared;
use crate::decode::{List, Undecodable};
use crate::kind::{Kind, ObjectKey};
use crate::reflector::Sink;
use crate::store::Batch;
use crate::watch::Event;

/// The sink by which a reflector writes to an informer.
pub(super) struct Feed<K>(pub(super) Arc<Shared<K>>);

impl<K: Kind> Sink<K> for Feed<K> {
    fn replace(&mut self, list: List<K>) {
        let objects = list.items.into_iter().map(|object| self.transformed(object)).collect();
        let mut distribution = self.0.lock();
        let changes = self.0.writer.replace(objects, list.undecodable, &list.resource_version);
        distribution.distribute(changes);
        distribution.mark_synced();
        drop(distribution);
        self.0.synced.send_replace(true);
    }

    fn apply(&mut self, events: Vec<Event<K>>) {
        let events: Vec<_> = events.into_iter().map(|event| self.transformed_event(event)).collect();
        let mut distribution = self.0.lock();
        let changes = self.0.writer.batch(|batch| events.into_iter().for_each(|event| write(batch, event)));
        distribution.distribute(changes);
    }
}

impl<K: Kind> Feed<K> {
    /// Applies the transform. Called before the lock is taken, because a transform may be slow.
    fn transformed_event(&self, event: Event<K>) -> Event<Arc<K>> {
        match event {
            Event::Added(object) => Event::Added(object.map(|object| self.transformed(object))),
            Event::Modified(object) => Event::Modified(object.map(|object| self.transformed(object))),
            Event::Deleted(object) => Event::Deleted(object.map(|object| self.transformed(object))),
            Event::Bookmark(version) => Event::Bookmark(version),
        }
    }

    fn transformed(&self, mut object: K) -> Arc<K> {
        if let Some(transform) = &self.0.options.transform {
            transform(&mut object);
        }
        Arc::new(object)
    }
}

fn write<K: Kind>(batch: &mut Batch<'_, K>, event: Event<Arc<K>>) {
    match event {
        Event::Added(Ok(object)) | Event::Modified(Ok(object)) => batch.insert(object),
        Event::Added(Err(undecodable)) | Event::Modified(Err(undecodable)) => batch.insert_undecodable(undecodable),
        Event::Deleted(Ok(object)) => {
            let Some(key) = ObjectKey::of(&*object) else { return };
            let version = object.meta().resource_version.clone().unwrap_or_default();
            batch.remove(&key, Some(object), &version);
        }
        Event::Deleted(Err(Undecodable { key, resource_version, .. })) => {
            if let Some(key) = key {
                batch.remove(&key, None, resource_version.as_deref().unwrap_or_default());
            }
        }
        Event::Bookmark(version) => batch.bookmark(&version),
    }
}
