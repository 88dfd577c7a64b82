//! The trait that a controller's author implements, and the answers that its methods give.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use kube::core::Status;

use super::context::Context;
use crate::client::{self, status_has};
use crate::kind::{Kind, ObjectKey};

/// Brings the world in line with one object at a time.
///
/// Two workers never call it for the same key at the same time. Both methods must be idempotent: they are called again
/// after an error, after a restart, and whenever something may have changed.
pub trait Reconciler<K: Kind>: Send + Sync + 'static {
    /// Why a reconciliation failed: an error type of your own, [`client::Error`], `anyhow::Error`, or a boxed error.
    type Error: Into<Box<dyn StdError + Send + Sync>> + Send + Sync + 'static;

    /// Works towards the state that `object` asks for. `object` comes from the cache and may be older than the server's
    /// state. A write based on an old state ends in a conflict, and the method is called again with the newer one.
    ///
    /// What is written through `context` does not lead to another call by itself: the next one comes when somebody else
    /// changes something, when it was asked for ([`Action`]), or after an error. It then sees what was written.
    fn reconcile(
        &self,
        object: Arc<K>,
        context: &Context<K>,
    ) -> impl Future<Output = Result<Action, Self::Error>> + Send;

    /// Cleans up after a deleted object, whose last known state is `last`.
    ///
    /// Also called if an object of the same name has been created meanwhile. Not called for objects that were deleted
    /// while the controller was not running: if that must not be missed, use a
    /// [finalizer](super::Controller::finalizer). After an error it is called
    /// again before anything else is done for this key, unless [`retry`](Self::retry) returns [`Retry::Never`].
    fn deleted(
        &self,
        key: &ObjectKey,
        last: Arc<K>,
        context: &Context<K>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = (key, last, context);
        std::future::ready(Ok(()))
    }

    /// What to do about an error. None leaves it to [`Retry::of`], which looks for a
    /// [client error](crate::client::Error) in it and its sources.
    fn retry(&self, error: &Self::Error) -> Option<Retry> {
        let _ = error;
        None
    }
}

/// When a successful reconciliation should be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// When something changes, and not before.
    Done,
    /// After this time; none if it is zero. Earlier failures are forgotten.
    RequeueAfter(Duration),
    /// Soon, after a delay that grows each time, as after a failure.
    Requeue,
}

/// When a failed reconciliation is retried, and how it is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Log a warning, and retry after a delay that grows each time.
    Backoff,
    /// The same without a warning, because conflicts are part of normal operation.
    Quietly,
    /// Retry after the time that the API server asked for.
    After(Duration),
    /// Log an error, and wait for the object to change (controller-runtime's `TerminalError`).
    Never,
}

impl Retry {
    /// Decides by the first client error among `error` and its sources: [`Retry::Quietly`] for a conflict,
    /// [`Retry::After`] if the API server asked for a delay, [`Retry::Backoff`] for everything else.
    pub fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(client) = error.downcast_ref::<client::Error>() {
                return match client.retry_after() {
                    _ if client.is_conflict() => Self::Quietly,
                    Some(delay) => Self::After(delay),
                    None => Self::Backoff,
                };
            }
            // Behind a `#[error(transparent)]` wrapper, `source` skips the client error and returns the status in it.
            if error.downcast_ref::<Box<Status>>().is_some_and(|status| status_has(status, &["Conflict"], 409)) {
                return Self::Quietly;
            }
            cause = error.source();
        }
        Self::Backoff
    }
}
