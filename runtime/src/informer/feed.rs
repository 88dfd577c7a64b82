//! From the reflector into the store, and on to the handlers.

use std::sync::Arc;

use super::shared::Shared;
use crate::client::{Kind, List, ObjectKey, Undecodable};
use crate::reflector::Sink;
use crate::store::Change;
use crate::watch::Event;

/// Writes what a reflector sees to an informer.
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

    fn apply(&mut self, event: Event<K>) {
        match event {
            Event::Added(Ok(object)) | Event::Modified(Ok(object)) => {
                let object = self.transformed(object);
                self.write(|shared| shared.writer.insert(object));
            }
            Event::Added(Err(undecodable)) | Event::Modified(Err(undecodable)) => {
                self.0.writer.insert_undecodable(undecodable);
            }
            Event::Deleted(Ok(object)) => {
                let object = self.transformed(object);
                let Some(key) = ObjectKey::of(&*object) else { return };
                let version = object.meta().resource_version.clone().unwrap_or_default();
                self.write(|shared| shared.writer.remove(&key, Some(object), &version));
            }
            Event::Deleted(Err(Undecodable { key: Some(key), resource_version, .. })) => {
                self.write(|shared| shared.writer.remove(&key, None, resource_version.as_deref().unwrap_or_default()));
            }
            Event::Deleted(Err(_)) => {}
            Event::Bookmark(version) => self.0.writer.bookmark(&version),
        }
    }
}

impl<K: Kind> Feed<K> {
    fn transformed(&self, mut object: K) -> Arc<K> {
        if let Some(transform) = &self.0.options.transform {
            transform(&mut object);
        }
        Arc::new(object)
    }

    fn write(&self, write: impl FnOnce(&Shared<K>) -> Option<Change<K>>) {
        let mut distribution = self.0.lock();
        let change = write(&self.0);
        distribution.distribute(change);
    }
}
