//! Waits until an object is as it should be.

use std::time::Duration;

use futures::TryStreamExt;
use tokio::time::timeout;

use crate::cached::Cached;
use crate::client::{self, Client, ListOptions, WatchOptions};
use crate::informer::{self, SharedInformer};
use crate::kind::{KeyRef, Kind, ObjectKey};
use crate::store::Change;
use crate::watch::Event;

/// Why waiting ended in vain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The time is over.
    #[error("{key} is not as it should be after {after:?}")]
    TimedOut {
        /// The object.
        key: ObjectKey,
        /// How long it was waited for.
        after: Duration,
    },
    /// The server could not be asked.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// The informer has ended.
    #[error(transparent)]
    Informer(#[from] informer::Error),
}

/// Waits until the server has the object as it should be, and returns it; none if that is for it not to be there.
///
/// `is_done` is called with the present object, or none, and then after every change. Works without an informer, by a watch
/// of one object. (`kubectl wait`)
pub async fn until<'k, K: Kind>(
    client: &Client<K>,
    key: impl Into<KeyRef<'k>>,
    patience: Duration,
    is_done: impl Fn(Option<&K>) -> bool,
) -> Result<Option<Cached<K>>, Error> {
    let key = key.into();
    let key = ObjectKey::new(key.namespace.or(client.own_namespace()), key.name);
    let client = key.namespace().map_or_else(|| client.clone(), |namespace| client.namespaced(namespace));
    let waiting = async {
        loop {
            if let Some(found) = follow(&client, &key, &is_done).await? {
                return Ok(found);
            }
        }
    };
    timeout(patience, waiting).await.unwrap_or(Err(Error::TimedOut { key: key.clone(), after: patience }))
}

/// Lists and watches one object. None if the watch ended before it was as it should be.
async fn follow<K: Kind>(
    client: &Client<K>,
    key: &ObjectKey,
    is_done: &impl Fn(Option<&K>) -> bool,
) -> Result<Option<Option<Cached<K>>>, Error> {
    let field_selector = Some(format!("metadata.name={}", key.name()));
    let options = ListOptions { field_selector: field_selector.clone(), ..ListOptions::default() };
    let list = client.list(&options).await?;
    let present = list.items.into_iter().next();
    if is_done(present.as_ref()) {
        return Ok(Some(present.map(Cached::from)));
    }
    let options = WatchOptions { field_selector, resource_version: list.resource_version, ..WatchOptions::default() };
    let mut events = client.watch(&options).await?;
    while let Some(event) = events.try_next().await? {
        match event {
            Event::Added(Ok(object)) | Event::Modified(Ok(object)) if is_done(Some(&object)) => {
                return Ok(Some(Some(object)));
            }
            Event::Deleted(_) if is_done(None) => return Ok(Some(None)),
            _ => {}
        }
    }
    Ok(None)
}

/// Waits until the cache of an informer has the object as it should be, and returns it; none if that is for it not to be
/// there. Nothing is asked of the server.
pub async fn until_cached<'k, K: Kind>(
    informer: &SharedInformer<K>,
    key: impl Into<KeyRef<'k>>,
    patience: Duration,
    is_done: impl Fn(Option<&K>) -> bool,
) -> Result<Option<Cached<K>>, Error> {
    let key = ObjectKey::from(key.into());
    let (sender, mut receiver) = tokio::sync::watch::channel(());
    let wanted = key.clone();
    let _tap = informer.tap(move |changes: &[Change<K>], _| {
        if changes.iter().any(|change| change.object().key().as_ref() == Some(&wanted)) {
            sender.send_replace(());
        }
    })?;
    let store = informer.store();
    let waiting = async {
        loop {
            receiver.mark_unchanged();
            let present = store.get(&key);
            if is_done(present.as_deref()) {
                return Ok(present);
            }
            // The sender is gone with the informer.
            receiver.changed().await.map_err(|_| informer::Error::Stopped)?;
        }
    };
    timeout(patience, waiting).await.unwrap_or(Err(Error::TimedOut { key: key.clone(), after: patience }))
}
