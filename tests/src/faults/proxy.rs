//! The proxy between the clients of a world and its server.
//!
//! Clients speak HTTP/1.1 over a [`wire`](super::wire) with it, so that whatever can happen to a connection can happen to theirs. What it
//! lets pass it sends to the server by a client of its own.

use std::{
    fmt, io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, Uri};
use hyper_util::{client::legacy, rt::TokioExecutor, rt::TokioIo};
use kube::client::Body;
use tokio::time::Instant;
use tower::service_fn;

use super::{
    Bug, Fault, Journal, Schedule, Tally,
    attempts::Attempts,
    request::{self, Passage},
    wire::{End, State, Switch, wire},
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

/// All connections of one client through the proxy.
#[derive(Clone)]
pub(super) struct Line {
    client: kube::Client,
    cut: Arc<AtomicBool>,
    switches: Arc<Mutex<Vec<Weak<Switch>>>>,
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

    /// A client whose faults follow from the schedule and its name. Must be called within a tokio runtime.
    pub(super) fn line(&self, name: &str) -> Line {
        let cut = Arc::new(AtomicBool::new(false));
        let switches: Arc<Mutex<Vec<Weak<Switch>>>> = Arc::default();
        let (proxy, name, is_cut, all) = (self.clone(), Arc::from(name), Arc::clone(&cut), Arc::clone(&switches));
        let connector = service_fn(move |_: Uri| {
            let connected = if is_cut.load(Ordering::SeqCst) || proxy.refuses() {
                Err(io::Error::from(io::ErrorKind::ConnectionRefused))
            } else {
                Ok(proxy.connect(&name, &all))
            };
            std::future::ready(connected.map(TokioIo::new))
        });
        let pool: legacy::Client<_, Body> = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let service = service_fn(move |mut request: Request<Body>| {
            let pool = pool.clone();
            async move {
                let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
                *request.uri_mut() = format!("http://server{path}").parse()?;
                pool.request(request).await.map_err(tower::BoxError::from)
            }
        });
        Line { client: kube::Client::new(service, "default"), cut, switches }
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

    fn refuses(&self) -> bool {
        let refuses = self.0.is_within(&self.0.refused_until);
        if refuses {
            self.0.tally.add(Fault::Refused);
        }
        refuses
    }

    /// Opens a connection, serves its far end, and returns the near one.
    fn connect(&self, name: &Arc<str>, all: &Mutex<Vec<Weak<Switch>>>) -> End {
        let (near, far, switch) = wire();
        let mut all = lock(all);
        all.retain(|switch| switch.strong_count() > 0);
        all.push(Arc::downgrade(&switch));
        let (shared, name) = (Arc::clone(&self.0), Arc::clone(name));
        let service = hyper::service::service_fn(move |request| {
            let passage = Passage { shared: Arc::clone(&shared), line: Arc::clone(&name), switch: Arc::clone(&switch) };
            async move { request::answer(passage, request).await }
        });
        tokio::spawn(async move {
            // An error is a fault of ours, or the client that went away.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(far), service).await;
        });
        near
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

impl Line {
    /// The client.
    pub(super) fn client(&self) -> kube::Client {
        self.client.clone()
    }

    /// Resets all connections, and refuses others from now on: the client is dead.
    pub(super) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.reset();
    }

    /// Resets all connections.
    pub(super) fn reset(&self) {
        lock(&self.switches)
            .drain(..)
            .filter_map(|switch| switch.upgrade())
            .for_each(|switch| switch.set(State::Reset));
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
