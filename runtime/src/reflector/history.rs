//! Notices that the server's history went back: etcd was restored from a backup, or a test server forgot everything.
//!
//! A watch from a version that the server has not reached (again) is accepted and stays silent, for hours perhaps, while the
//! cache shows what is no longer there (kubernetes/kubernetes#107457). client-go does not notice. Servers that send bookmarks
//! break the silence about once a minute, so a new watch that brings nothing for longer is worth one cheap question.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use super::{Error, Reflector, Sink};
use crate::client::ListOptions;
use crate::kind::{Kind, compare_versions};
use crate::watch::Event;

/// The silence of a new watch after which the server is asked for its present version.
const SILENCE: Duration = Duration::from_mins(2);

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// Waits, and asks the server for its present version, once, by a list of one object. Returns only if that is lower than
    /// one that it had before.
    pub(super) async fn goes_back(&self) -> Result<Infallible, Error> {
        sleep(SILENCE).await;
        let options = ListOptions {
            label_selector: self.config.label_selector.clone(),
            field_selector: self.config.field_selector.clone(),
            shard_selector: self.selection.shard_selector.as_deref().map(str::to_owned),
            limit: Some(1),
            resource_version: Some(String::new()),
            ..ListOptions::default()
        };
        if let Ok(list) = self.list_watch.list(&options, &|object| object).await {
            self.check_version(&list.resource_version)?;
        }
        // Nothing is wrong, or the server cannot say: then the watch decides.
        std::future::pending().await
    }

    /// Fails if a bookmark has a lower version than what came before it. Events of objects may: some servers give each object
    /// a counter of its own.
    pub(super) fn check_bookmark(&self, event: &Event<K>) -> Result<(), Error> {
        match event {
            Event::Bookmark { resource_version, .. } => self.check_version(resource_version),
            _ => Ok(()),
        }
    }

    fn check_version(&self, now: &str) -> Result<(), Error> {
        if compare_versions(now, &self.last_sync) == Some(Ordering::Less) {
            return Err(Error::WentBack { known: self.last_sync.clone(), now: now.to_owned() });
        }
        Ok(())
    }
}
