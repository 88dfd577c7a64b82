//! A client of a world, with all its connections through the proxy.
//!
//! On a paused clock the connections stay in memory. As in life they are TCP, and the client is made as users make theirs, so
//! that the faults meet the runtime's own connections as well.

use std::{
    future, io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, Weak},
};

use anyhow::Result;
use crdgen_runtime::client::ConnectOptions;
use http::{Request, Uri};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioIo},
};
use kube::{Config, client::Body};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::service_fn;

use super::{
    proxy::{Proxy, lock},
    schedule::Time,
    wire::{End, State, Switch},
};

/// All connections of one client through the proxy. Nobody can connect any more when it is dropped.
pub(super) struct Line {
    client: kube::Client,
    door: Door,
    _shut: DropGuard,
}

/// Where a client connects.
#[derive(Clone)]
struct Door {
    proxy: Proxy,
    /// Of the client.
    name: Arc<str>,
    is_shut: CancellationToken,
    switches: Arc<Mutex<Vec<Weak<Switch>>>>,
}

impl Line {
    /// A client whose faults follow from the schedule and its name. Must be called within a tokio runtime.
    pub(super) fn new(proxy: &Proxy, name: &str, time: Time) -> Result<Self> {
        let door = Door {
            proxy: proxy.clone(),
            name: Arc::from(name),
            is_shut: CancellationToken::new(),
            switches: Arc::default(),
        };
        let client = match time {
            Time::Paused => door.in_memory(),
            Time::Real => door.over_tcp()?,
        };
        Ok(Self { client, _shut: door.is_shut.clone().drop_guard(), door })
    }

    /// The client.
    pub(super) fn client(&self) -> kube::Client {
        self.client.clone()
    }

    /// Resets all connections, and refuses others from now on: the client is dead.
    pub(super) fn cut(&self) {
        self.door.is_shut.cancel();
        self.reset();
    }

    /// Resets all connections.
    pub(super) fn reset(&self) {
        let switches = std::mem::take(&mut *lock(&self.door.switches));
        switches.into_iter().filter_map(|switch| switch.upgrade()).for_each(|switch| switch.set(State::Reset));
    }
}

impl Door {
    fn open(&self) -> io::Result<End> {
        if self.is_shut.is_cancelled() || self.proxy.refuses() {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (end, switch) = self.proxy.connect(&self.name);
        let mut switches = lock(&self.switches);
        switches.retain(|switch| switch.strong_count() > 0);
        switches.push(Arc::downgrade(&switch));
        Ok(end)
    }

    fn in_memory(&self) -> kube::Client {
        let door = self.clone();
        let connector = service_fn(move |_: Uri| future::ready(door.open().map(TokioIo::new)));
        let pool: legacy::Client<_, Body> = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let service = service_fn(move |mut request: Request<Body>| {
            let pool = pool.clone();
            async move {
                let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
                *request.uri_mut() = format!("http://server{path}").parse()?;
                pool.request(request).await.map_err(tower::BoxError::from)
            }
        });
        kube::Client::new(service, "default")
    }

    fn over_tcp(&self) -> Result<kube::Client> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let server = format!("http://{}", listener.local_addr()?);
        tokio::spawn(self.clone().accept(TcpListener::from_std(listener)?));
        Ok(ConnectOptions::default().connect_to(Config::new(server.parse()?))?)
    }

    async fn accept(self, listener: TcpListener) {
        while let Some(Ok((stream, _))) = self.is_shut.run_until_cancelled(listener.accept()).await {
            tokio::spawn(carry(stream, self.open()));
        }
    }
}

/// Carries bytes between a client and its end of a wire, and whatever happens to the wire.
async fn carry(mut client: TcpStream, wire: io::Result<End>) {
    let carried = match wire {
        Ok(mut wire) => copy_bidirectional(&mut client, &mut wire).await.map(drop),
        Err(error) => Err(error),
    };
    if carried.is_err() {
        // Dropped, it sends a reset. If that fails, the client is not there any more.
        let _ = client.set_zero_linger();
    }
}
