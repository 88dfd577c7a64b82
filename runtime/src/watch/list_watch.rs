//! Where a reflector gets its objects: a list and the changes since.

use futures::future::BoxFuture;
use futures::stream;
use tokio::time::timeout;

use super::event::{Watch, decode_event};
use super::line::{Lines, MAX_LINE};
use crate::client::{Client, Error, Kind, List, ListOptions, ManagedFields, WatchOptions, send};

/// A source of objects: the API server through a [`Client`], or a fake in a test.
///
/// Dropping a returned future or stream cancels it, and closes its connection.
pub trait ListWatch<K>: Send + Sync + 'static {
    /// One page of the objects that `options` select.
    fn list<'a>(&'a self, options: &'a ListOptions) -> BoxFuture<'a, Result<List<K>, Error>>;

    /// The changes since `options.resource_version`. A refusal is the future's error, a later failure the stream's.
    fn watch<'a>(&'a self, options: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<K>, Error>>;
}

impl<K: Kind> ListWatch<K> for Client<K> {
    fn list<'a>(&'a self, options: &'a ListOptions) -> BoxFuture<'a, Result<List<K>, Error>> {
        Box::pin(Client::list(self, options))
    }

    fn watch<'a>(&'a self, options: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<K>, Error>> {
        Box::pin(Client::watch(self, options))
    }
}

impl<K: Kind> Client<K> {
    /// Opens a watch. The stream ends after the first error.
    pub async fn watch(&self, options: &WatchOptions) -> Result<Watch<K>, Error> {
        let opened = timeout(options.idle_timeout, send(self.connection(), self.watch_request(options)?)).await;
        let response = opened.map_err(|_| Error::Idle(options.idle_timeout))??;
        let lines = Lines::new(response.into_body(), MAX_LINE, options.idle_timeout);
        let managed_fields = if options.omit_managed_fields { ManagedFields::Omit } else { ManagedFields::Keep };
        Ok(Box::pin(stream::unfold(Some(lines), move |lines| async move {
            let mut lines = lines?;
            let event = match lines.next().await {
                Ok(None) => return None,
                Ok(Some(line)) => match decode_event(&line, managed_fields) {
                    // Whole without its newline, it would be as good as any other.
                    Err(Error::Decode { source, .. }) if lines.ended() && source.is_eof() => Err(Error::Truncated),
                    event => event,
                },
                Err(error) => Err(error),
            };
            let rest = event.is_ok().then_some(lines);
            Some((event, rest))
        })))
    }
}
