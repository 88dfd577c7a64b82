//! Opens connections: to the server itself or through a proxy, such that a peer that has vanished is noticed.

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use rustls::ClientConfig;
use tower::{BoxError, Service, service_fn};

use super::proxy::{Protocol, Proxy};

/// After how long a silence a peer is asked whether it is still there, and how long its answer may take: client-go's
/// `ReadIdleTimeout` and `PingTimeout`.
pub(super) const SILENCE: Duration = Duration::from_secs(30);
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
/// How often TCP asks before it gives up. Without TLS, or through a server without HTTP/2, this is all there is.
const PROBES: u32 = 3;
/// How long bytes may go unacknowledged (Linux).
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_mins(1);

/// Opens connections to servers.
#[derive(Clone)]
pub(super) struct Dialer {
    tcp: HttpConnector,
    proxy: Option<Arc<Proxy>>,
    /// For the TLS of a proxy.
    tls: Arc<ClientConfig>,
}

/// A stream of bytes, whatever it goes through.
pub(super) trait Stream: Read + Write + Connection + Send + Unpin {}

impl<T: Read + Write + Connection + Send + Unpin> Stream for T {}

/// An open connection.
pub(super) struct Dialed {
    stream: Box<dyn Stream>,
    /// Whether the proxy reads the requests themselves, which then name the server.
    proxied: bool,
}

/// A connection that could not be opened, with the address that was tried.
#[derive(Debug)]
struct DialError {
    what: String,
    source: BoxError,
}

impl Dialer {
    /// A dialer of servers behind `proxy`.
    pub(super) fn new(proxy: Option<Arc<Proxy>>, tls: Arc<ClientConfig>) -> Self {
        Self { tcp: tcp(), proxy, tls }
    }

    async fn dial(mut self, server: Uri) -> Result<Dialed, BoxError> {
        let Some(proxy) = self.proxy.take() else {
            return Ok(Dialed::new(self.tcp.call(server).await?));
        };
        let through = |source| DialError { what: format!("no connection through the proxy {}", proxy.address), source };
        let opened = self.open(&proxy).await;
        let opened =
            opened.map_err(|source| DialError { what: format!("cannot reach the proxy {}", proxy.address), source })?;
        match proxy.protocol {
            Protocol::Socks5 => {
                let mut socks = SocksV5::new(proxy.address.clone(), once(opened));
                if let Some((user, password)) = proxy.credentials.clone() {
                    socks = socks.with_auth(user, password);
                }
                let stream = socks.call(with_port(server)?).await;
                Ok(Dialed::new(stream.map_err(|error| through(error.to_string().into()))?))
            }
            // What is not encrypted is asked for as Go does: the proxy reads the requests.
            Protocol::Http | Protocol::Https if server.scheme_str() == Some("http") => {
                Ok(Dialed { proxied: true, ..opened })
            }
            Protocol::Http | Protocol::Https => {
                let mut tunnel = Tunnel::new(proxy.address.clone(), once(opened));
                if let Some(value) = proxy.authorization() {
                    tunnel = tunnel.with_auth(value);
                }
                Ok(Dialed::new(tunnel.call(with_port(server)?).await.map_err(|error| through(error.into()))?))
            }
        }
    }

    /// Opens a connection to the proxy itself.
    async fn open(&mut self, proxy: &Proxy) -> Result<Dialed, BoxError> {
        let address = proxy.address.clone();
        if proxy.protocol != Protocol::Https {
            return Ok(Dialed::new(self.tcp.call(address).await?));
        }
        let mut https = HttpsConnector::from((self.tcp.clone(), Arc::clone(&self.tls)));
        Ok(Dialed::new(https.call(address).await?))
    }
}

impl Service<Uri> for Dialer {
    type Response = Dialed;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Dialed, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        Box::pin(self.clone().dial(server))
    }
}

impl Dialed {
    fn new(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), proxied: false }
    }
}

impl Connection for Dialed {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.proxied)
    }
}

impl Read for Dialed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_read(context, to)
    }
}

impl Write for Dialed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(context, slices)
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for DialError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// What opens TCP connections.
pub(super) fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(SILENCE));
    tcp.set_keepalive_interval(Some(PATIENCE));
    tcp.set_keepalive_retries(Some(PROBES));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    tcp
}

/// A connector that hands out one open connection.
fn once(opened: Dialed) -> impl Service<Uri, Response = Dialed, Error = io::Error, Future: Send + 'static> {
    let mut opened = Some(opened);
    service_fn(move |_| ready(opened.take().ok_or_else(|| io::Error::other("the connection is in use"))))
}

/// The same address with its port, because proxies' connectors take 443 for every server without one.
fn with_port(server: Uri) -> Result<Uri, BoxError> {
    if server.port().is_some() {
        return Ok(server);
    }
    let (host, secure) = (server.host().unwrap_or_default(), server.scheme_str() == Some("https"));
    let authority = format!("{host}:{}", if secure { 443 } else { 80 });
    let mut parts = server.into_parts();
    parts.authority = Some(authority.parse()?);
    Ok(Uri::from_parts(parts)?)
}
