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

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::informer::InformerOptions;
    use crate::testing::{Database, Source, WatchSender, database, source, within};

    const PATIENCE: Duration = Duration::from_mins(1);

    async fn informer() -> (SharedInformer<Database>, Source, WatchSender, CancellationToken) {
        let (list_watch, mut server) = source();
        let informer = SharedInformer::new(list_watch, InformerOptions::default());
        let stop = CancellationToken::new();
        tokio::spawn({
            let (informer, stop) = (informer.clone(), stop.clone());
            async move { informer.run(stop).await }
        });
        server.list_of(vec![database("a", "1")], "10").await;
        let (_, watch) = server.watch().await;
        informer.wait_for_sync().await.unwrap();
        (informer, server, watch, stop)
    }

    fn has_version(version: &'static str) -> impl Fn(Option<&Database>) -> bool {
        move |object| object.and_then(|object| object.metadata.resource_version.as_deref()) == Some(version)
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_can_wait_until_its_write_is_in_the_cache() {
        let (informer, _server, watch, _) = informer().await;
        let present = until_cached(&informer, ("ns", "a"), PATIENCE, has_version("1")).await.unwrap();
        assert!(present.is_some(), "what is there already is not waited for");
        let waiting = tokio::spawn({
            let informer = informer.clone();
            async move { until_cached(&informer, ("ns", "a"), PATIENCE, has_version("12")).await }
        });
        watch.send(Event::Modified(Ok(database("a", "11").into())));
        watch.send(Event::Modified(Ok(database("b", "12").into())));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!waiting.is_finished());
        watch.send(Event::Modified(Ok(database("a", "12").into())));
        let shown = within(waiting).await.unwrap().unwrap().unwrap();
        assert_eq!(shown.metadata.resource_version.as_deref(), Some("12"));
        let gone = until_cached(&informer, ("ns", "never"), PATIENCE, |object| object.is_none()).await.unwrap();
        assert!(gone.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_cache_ends_with_the_patience_and_with_the_informer() {
        let (informer, _server, _watch, stop) = informer().await;
        let before = tokio::time::Instant::now();
        let error = until_cached(&informer, ("ns", "a"), PATIENCE, has_version("12")).await.unwrap_err();
        assert_eq!(error.to_string(), "ns/a is not as it should be after 60s");
        assert_eq!(before.elapsed(), PATIENCE);
        let waiting = tokio::spawn(async move { until_cached(&informer, ("ns", "a"), PATIENCE, |_| false).await });
        tokio::task::yield_now().await;
        stop.cancel();
        let error = within(waiting).await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Informer(informer::Error::Stopped)), "{error}");
    }
}
