//! The server and its builder: used in process or on a port, with hooks by which tests disturb it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::bootstrap;
use crate::connection;
use crate::controller;
use crate::kubeconfig::kubeconfig;
use crate::manifest::Manifest;
use crate::manifest::install::{self, InstallError};
use crate::service::ApiService;
use crate::state::{Clock, Settings, State};
use crate::store::Store;
use crate::tls::Tls;

/// How long a shutdown waits for running requests. A client that neither reads nor writes would never finish.
const GRACE: Duration = Duration::from_secs(5);
/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// An API server in memory. Clones are the same server.
#[derive(Clone)]
pub struct Server {
    state: Arc<State>,
}

/// Settings of a [`Server`].
#[derive(Clone)]
pub struct Builder {
    store: Arc<Store>,
    settings: Settings,
    clock: Clock,
    token: Option<String>,
}

/// A server that listens. Dropping it ends the server without waiting for its connections;
/// [`ServerHandle::shutdown`] waits.
#[derive(Debug)]
pub struct ServerHandle {
    address: SocketAddr,
    token: Option<String>,
    /// The authority of the certificate, if the server has TLS.
    authority: Option<String>,
    ending: CancellationToken,
    acceptor: Option<JoinHandle<()>>,
}

/// The server could not listen. Nothing was started.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct ServeError {
    address: SocketAddr,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Builder {
    /// Uses this store instead of an empty one, and serves what is in it already. With the store of an earlier server
    /// this is a restart that keeps all objects.
    #[must_use]
    pub fn store(mut self, store: Arc<Store>) -> Self {
        self.store = store;
        self
    }

    /// Whether the server empties and removes a namespace when it is deleted, as kube-controller-manager does (the
    /// default). Otherwise it stays `Terminating` until a client removes its finalizers.
    #[must_use]
    pub fn controllers(mut self, run: bool) -> Self {
        self.settings.controllers = run;
        self
    }

    /// Lets workloads seem to run: deployments, replica sets, stateful and daemon sets, jobs and cron jobs make their pods, and
    /// pods get a node, run, become ready and, if they belong to a job, succeed. Each phase of a pod takes so much time by the
    /// server's clock. Three nodes are made if there are none.
    ///
    /// By default nothing of this happens, and a test can write what controllers and kubelets would. It needs
    /// [`controllers`](Self::controllers).
    #[must_use]
    pub fn simulate(mut self, phase: Duration) -> Self {
        self.settings.simulate = Some(SignedDuration::try_from(phase).unwrap_or(SignedDuration::MAX));
        self
    }

    /// Serves shards of collections: lists and watches with a `shardSelector` (KEP-5866) have the objects with hashes in a range. The
    /// default is that of Kubernetes 1.36, whose feature gate `ShardedListAndWatch` is off: the parameter is ignored.
    #[must_use]
    pub fn shards(mut self, serve: bool) -> Self {
        self.settings.shards = serve;
        self
    }

    /// The clock for all timestamps; the system's clock by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(move || Timestamp::try_from(clock()).unwrap_or(Timestamp::UNIX_EPOCH));
        self
    }

    /// The bearer token that requests must carry. Only health and version can be read without it. By default there is
    /// no token, and everybody may do everything.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Serves with TLS, by a certificate that is made for this server: clients find its authority in
    /// [`ServerHandle::kubeconfig`]. The default is plain HTTP.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.settings.tls = true;
        self
    }

    /// Builds the server. It runs no task of its own.
    pub fn build(self) -> Server {
        let state = Arc::new(State::new(self.store, self.settings, self.clock, self.token));
        controller::start(&state);
        Server { state }
    }
}

impl Server {
    /// A server with the defaults of [`Server::builder`].
    #[must_use]
    #[allow(clippy::new_without_default, reason = "each is another server")]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A builder with the defaults: an empty store, no token, the system's clock.
    pub fn builder() -> Builder {
        Builder {
            store: Arc::default(),
            settings: Settings { controllers: true, tls: false, shards: false, simulate: None },
            clock: Arc::new(Timestamp::now),
            token: None,
        }
    }

    /// The server in process: `kube::Client::new(server.service(), "default")`.
    pub fn service(&self) -> ApiService {
        ApiService::new(self.state.clone())
    }

    /// Applies manifests to the server, by server-side apply as the manager `crdgen-apiserver`, which wins conflicts: definitions
    /// first, then namespaces, then the rest in its own order.
    ///
    /// # Errors
    ///
    /// The server refuses one of them. What came before it stays.
    pub async fn install(&self, manifests: impl IntoIterator<Item = Manifest>) -> Result<(), InstallError> {
        install::install(&self.state, manifests.into_iter().collect()).await
    }

    /// The server's store.
    pub fn store(&self) -> Arc<Store> {
        self.state.store.clone()
    }

    /// Forgets all events: watches and lists of older resource versions are answered `410 Gone`.
    pub fn compact(&self) {
        self.state.store.compact();
    }

    /// Ends all running watches, as a broken connection does.
    pub fn disconnect_watches(&self) {
        self.state.cuts.send_modify(|count| *count += 1);
    }

    /// Ends all running watches for good. In-process clients see their streams end.
    pub fn shutdown(&self) {
        self.state.ending.cancel();
    }

    /// Listens on an address (port 0 takes a free one), with HTTP/1.1 and HTTP/2, and TLS if the builder was asked for it.
    ///
    /// # Errors
    ///
    /// The address is taken or not allowed, or no certificate could be made for it.
    pub async fn serve(&self, address: SocketAddr) -> Result<ServerHandle, ServeError> {
        self.serve_on(address, Vec::new()).await
    }

    /// The same with the connections on these runtimes, in turn; on the current one if there are none. With a runtime of one thread for each core, a request is answered
    /// by the thread that reads it, and no other one is woken for it.
    ///
    /// # Errors
    ///
    /// As of [`serve`](Self::serve).
    pub async fn serve_on(&self, address: SocketAddr, runtimes: Vec<Handle>) -> Result<ServerHandle, ServeError> {
        let failed = |source| ServeError { address, source };
        let tls = self.state.tls.clone().transpose().map_err(|error| failed(error.into()))?;
        let listener = TcpListener::bind(address).await.map_err(|error| failed(error.into()))?;
        let address = listener.local_addr().map_err(|error| failed(error.into()))?;
        bootstrap::announce(&self.state, address);
        let ending = self.state.ending.child_token();
        let listening = Listening { service: self.service(), tls: tls.clone(), ending: ending.clone() };
        let acceptor = tokio::spawn(accept(listener, runtimes, listening, self.clone()));
        let (token, authority) = (self.state.token.clone(), tls.map(|tls| tls.authority));
        Ok(ServerHandle { address, token, authority, ending, acceptor: Some(acceptor) })
    }
}

#[cfg(test)]
impl Server {
    pub(crate) fn state(&self) -> &State {
        &self.state
    }
}

impl ServerHandle {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of all its URLs: `http://ADDRESS`, or `https://ADDRESS` with TLS.
    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// A kubeconfig that reaches the server, for kubectl and for clients that read one. It is JSON, which is YAML.
    pub fn kubeconfig(&self) -> String {
        kubeconfig(&self.url(), self.token.as_deref(), self.authority.as_deref())
    }

    /// Stops listening, ends all watches, and waits for running requests to finish. Connections that are still open
    /// after five seconds are closed.
    pub async fn shutdown(mut self) {
        self.ending.cancel();
        if let Some(acceptor) = self.acceptor.take() {
            // A panic in a connection was reported when it happened; there is nothing left to do about it here.
            let _ = acceptor.await;
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.ending.cancel();
    }
}

/// What each connection needs.
#[derive(Clone)]
struct Listening {
    service: ApiService,
    tls: Option<Tls>,
    ending: CancellationToken,
}

/// Accepts connections until the end, then waits for the open ones.
async fn accept(listener: TcpListener, runtimes: Vec<Handle>, listening: Listening, server: Server) {
    let mut connections = JoinSet::new();
    let mut runtimes = runtimes.iter().cycle();
    loop {
        let stream = tokio::select! {
            () = listening.ending.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Too many open files, or the client is gone again: both may be over with the next connection.
                Err(error) => {
                    tracing::debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let connection = listening.clone().connect(stream.into_std());
        match runtimes.next() {
            Some(runtime) => connections.spawn_on(connection, runtime),
            None => connections.spawn(connection),
        };
    }
    drop(listener);
    server.disconnect_watches();
    let finished = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        connections.shutdown().await;
    }
}

impl Listening {
    /// Serves one connection.
    async fn connect(self, stream: io::Result<std::net::TcpStream>) {
        let stream = match stream.and_then(TcpStream::from_std) {
            Ok(stream) => stream,
            Err(error) => return tracing::debug!(%error, "a connection could not be taken over"),
        };
        // The events of a watch are small, and TCP must not hold them back to fill a packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was not set");
        }
        let Some(tls) = &self.tls else { return connection::serve(stream, self.service, &self.ending).await };
        match tokio::time::timeout(HANDSHAKE, tls.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => connection::serve(stream, self.service, &self.ending).await,
            Ok(Err(error)) => tracing::debug!(%error, "a client did not agree on TLS"),
            Err(_) => tracing::debug!("a client did not finish its TLS handshake"),
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("settings", &self.state.settings).field("store", &self.state.store).finish()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).field("store", &self.store).finish_non_exhaustive()
    }
}
