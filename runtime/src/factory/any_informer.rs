//! An informer of any kind, as the factory holds it.

use std::any::Any;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::informer::{Health, SharedInformer};
use crate::kind::Kind;

/// What the factory does with an informer, whatever its kind.
pub(super) trait AnyInformer: Any + Send + Sync {
    fn run(&self, stop: CancellationToken) -> BoxFuture<'_, ()>;
    /// Waits for the first list. False if the informer ends before that.
    fn synced(&self) -> BoxFuture<'_, bool>;
    fn health(&self) -> Health;
}

impl<K: Kind> AnyInformer for SharedInformer<K> {
    fn run(&self, stop: CancellationToken) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Err(error) = SharedInformer::run(self, stop).await {
                tracing::warn!(kind = self.kind(), %error, "the informer was started outside of its factory");
            }
        })
    }

    fn synced(&self) -> BoxFuture<'_, bool> {
        Box::pin(async move { self.wait_for_sync().await.is_ok() })
    }

    fn health(&self) -> Health {
        SharedInformer::health(self)
    }
}
