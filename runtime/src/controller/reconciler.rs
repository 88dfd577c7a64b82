//! What a controller author writes, and what it tells the controller.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use kube::core::Status;

use super::context::Context;
use crate::client::{self, Kind, ObjectKey, status_has};

/// Brings the world in line with one object at a time.
///
/// Never called for one key by two workers at once. Both methods must be repeatable: they are called again after an
/// error, after a restart, and whenever anything may have changed.
pub trait Reconciler<K: Kind>: Send + Sync + 'static {
    /// Why a reconciliation failed.
    type Error: StdError + Send + Sync + 'static;

    /// Works towards what `object` asks for. It is the latest state in the cache, which may lag behind the server: a
    /// write based on a stale one ends in a conflict, and is tried again with the fresh one.
    fn reconcile(
        &self,
        object: Arc<K>,
        context: &Context<K>,
    ) -> impl Future<Output = Result<Action, Self::Error>> + Send;

    /// Cleans up after an object that is gone; `last` is the last state seen.
    ///
    /// Also called between two objects of the same name. Not called for what was deleted while the controller did not
    /// run: what must not be missed needs a finalizer. After an error it is called again, before anything else is done for
    /// this key, unless [`retry`](Self::retry) says [`Retry::Never`].
    fn deleted(
        &self,
        key: &ObjectKey,
        last: Arc<K>,
        context: &Context<K>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = (key, last, context);
        std::future::ready(Ok(()))
    }

    /// What to do about an error. The default looks for a client error in it and its sources.
    fn retry(&self, error: &Self::Error) -> Retry {
        Retry::of(error)
    }
}

/// What a successful reconciliation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing, until something changes.
    Done,
    /// Another turn after this time, however often it has failed before.
    RequeueAfter(Duration),
    /// Another turn soon, later each time.
    Requeue,
}

/// What is done about a failed reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Log a warning, and try again after a growing delay.
    Backoff,
    /// The same without a warning: a conflict is part of normal operation.
    Quietly,
    /// Try again when the API server said.
    After(Duration),
    /// Log an error, and wait for the object to change (controller-runtime's `TerminalError`).
    Never,
}

impl Retry {
    /// What the first client error among `error` and its sources calls for: quiet for a conflict, the time the API
    /// server asked for, or else a backoff.
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
            // A transparent wrapper shows the client error's source in place of the client error.
            if error.downcast_ref::<Box<Status>>().is_some_and(|status| status_has(status, &["Conflict"], 409)) {
                return Self::Quietly;
            }
            cause = error.source();
        }
        Self::Backoff
    }
}
