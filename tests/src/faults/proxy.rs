//! The proxy between the clients of a world and its server.
//!
//! Clients speak HTTP/1.1 over a [`wire`](super::wire) with it, so that whatever can happen to a connection can happen to theirs. What it
//! lets pass it sends to the server by a client of its own.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::{
    Bug, Fault, Journal, Schedule, Tally,
    attempts::Attempts,
    request::{self, Passage},
    wire::{End, Switch, wire},
};

/// The proxy of a world. Clones are the same proxy.
#[derive(Clone)]
pub(super) struct Proxy(Arc<Shared>);

/// What all connections share.
pub(super) struct Shared {
    pub(super) upstream: kube::Client,
    pub(super) schedule: Schedule,
    pub(super) journal: Arc<Journal>,
    pub(super) tally: Arc<Tally>,
    pub(super) attempts: Arc<Attempts>,
    pub(super) bug: Option<Bug>,
    refused_until: Mutex<Option<Instant>>,
    unauthorized_until: Mutex<Option<Instant>>,
    /// How many seconds the clocks of the candidates are ahead.
    pub(super) ahead: Mutex<i64>,
}

impl Proxy {
    /// A proxy before a server.
    pub(super) fn new(
        upstream: kube::Client,
        schedule: Schedule,
        journal: Arc<Journal>,
        tally: Arc<Tally>,
        attempts: Arc<Attempts>,
        bug: Option<Bug>,
    ) -> Self {
        Self(Arc::new(Shared {
            upstream,
            schedule,
            journal,
            tally,
            attempts,
            bug,
            refused_until: Mutex::default(),
            unauthorized_until: Mutex::default(),
            ahead: Mutex::default(),
        }))
    }

    /// Refuses new connections for a while.
    pub(super) fn refuse_for(&self, time: Duration) {
        *lock(&self.0.refused_until) = Some(Instant::now() + time);
    }

    /// Answers 401 for a while.
    pub(super) fn expire_credentials_for(&self, time: Duration) {
        *lock(&self.0.unauthorized_until) = Some(Instant::now() + time);
    }

    /// Sets the clocks by which candidates write times into leases.
    pub(super) fn set_clocks(&self, seconds_ahead: i64) {
        *lock(&self.0.ahead) = seconds_ahead;
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn stop(&self) {
        self.0.schedule.stop();
    }

    /// Whether a new connection is refused, which is a fault.
    pub(super) fn refuses(&self) -> bool {
        let refuses = self.0.is_within(&self.0.refused_until);
        if refuses {
            self.0.tally.add(Fault::Refused);
        }
        refuses
    }

    /// Opens a connection of the client of this name, and serves its far end. Returns the near one, and its switch.
    pub(super) fn connect(&self, name: &Arc<str>) -> (End, Arc<Switch>) {
        let (near, far, switch) = wire();
        let (shared, name, shown) = (Arc::clone(&self.0), Arc::clone(name), Arc::clone(&switch));
        let service = hyper::service::service_fn(move |request| {
            let passage = Passage { shared: Arc::clone(&shared), line: Arc::clone(&name), switch: Arc::clone(&shown) };
            async move { request::answer(passage, request).await }
        });
        tokio::spawn(async move {
            // An error is a fault of ours, or the client that went away.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(far), service).await;
        });
        (near, switch)
    }
}

impl Shared {
    /// Whether credentials have expired.
    pub(super) fn is_unauthorized(&self) -> bool {
        self.is_within(&self.unauthorized_until)
    }

    fn is_within(&self, until: &Mutex<Option<Instant>>) -> bool {
        !self.schedule.is_stopped() && lock(until).is_some_and(|until| Instant::now() < until)
    }
}

/// Why a connection is cut.
#[derive(Debug)]
pub(super) enum Cut {
    /// That is a fault.
    Fault,
    /// The server cannot be reached.
    Server,
    /// The client has gone away.
    Client,
}

/// The body of an answer.
pub(super) type AnswerBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Cut>;

/// An answer; an error cuts the connection.
pub(super) type Answer = Result<Response<AnswerBody>, Cut>;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Cut {}

impl From<kube::Error> for Cut {
    fn from(_: kube::Error) -> Self {
        Self::Server
    }
}

impl From<hyper::Error> for Cut {
    fn from(_: hyper::Error) -> Self {
        Self::Client
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
