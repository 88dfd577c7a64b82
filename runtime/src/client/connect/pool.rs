//! The connections to one server: HTTP/2 where the server has it, with as many requests on a connection as servers allow.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{PROXY_AUTHORIZATION, UPGRADE};
use http::{HeaderValue, Request, Response, Uri};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::Config;
use kube::client::Body;
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use tower::{BoxError, Service, ServiceExt};

use super::dial::{Dialer, PATIENCE, SILENCE};
use super::driven::{self, Driven};
use super::proxy::Proxy;

/// How many requests are open on one connection. kube-apiserver allows 100 (`--http2-max-streams-per-connection`); what is
/// beyond a server's limit would wait until another request ends, and watches take long to end.
const REQUESTS_AT_ONCE: usize = 80;
/// How many bytes may be on their way, for a request and for a connection: the figures of Go's `http2.Transport`. A watch
/// that nobody reads must not stop the others on its connection.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 1 << 30;

type HyperClient = legacy::Client<TimeoutConnector<HttpsConnector<Dialer>>, Body>;

/// Connections that were made with the same certificates.
pub(super) struct Pool {
    /// Each has one connection, if the server speaks HTTP/2.
    lanes: Mutex<Vec<Lane>>,
    new_lane: Box<dyn Fn() -> HyperClient + Send + Sync>,
    /// Opens connections for watches without TLS, unless there is a proxy. None of the connections is used again: in HTTP/1
    /// the only way to end a watch is to close its connection.
    plain: Option<TimeoutConnector<Dialer>>,
    /// What a proxy that reads the requests wants to see.
    proxy_authorization: Option<HeaderValue>,
    /// For requests that turn into something else (`exec`, `attach`, `port-forward`), which HTTP/2 has no way to ask for.
    upgrades: HyperClient,
}

struct Lane {
    client: HyperClient,
    /// The requests that are open hold a copy each.
    open: Arc<()>,
}

/// The body of an answer.
pub(super) enum OpenBody {
    /// Of one of many requests on a connection. It counts as open until it has ended or is dropped.
    Shared { body: Incoming, open: Option<Arc<()>> },
    /// Of a watch without TLS, which has a connection of its own.
    Driven(Driven),
}

impl Pool {
    /// No connections yet.
    pub(super) fn new(
        config: &Config,
        proxy: Option<Arc<Proxy>>,
        tls: &ClientConfig,
    ) -> Result<Self, InvalidDnsNameError> {
        let reads = config.cluster_url.scheme_str() == Some("http");
        let is_direct = proxy.is_none();
        let proxy_authorization = proxy.as_ref().filter(|_| reads).and_then(|proxy| proxy.authorization());
        let server_name = config.tls_server_name.clone().map(ServerName::try_from).transpose()?;
        let with_protocols = |protocols: &[&str]| {
            let mut tls = tls.clone();
            tls.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
            Arc::new(tls)
        };
        // A proxy's certificate is checked as the server's is; what is asked of it is HTTP/1.1.
        let old = with_protocols(&["http/1.1"]);
        let dialer = Dialer::new(proxy, Arc::clone(&old));
        let plain = is_direct.then(|| with_timeouts(config, dialer.clone()));
        let config = config.clone();
        let client = move |tls: Arc<ClientConfig>| {
            let mut https = HttpsConnector::from((dialer.clone(), Arc::clone(&tls)));
            if let Some(name) = &server_name {
                let resolver = Arc::new(FixedServerNameResolver::new(name.clone()));
                https = HttpsConnector::new(dialer.clone(), tls, false, resolver);
            }
            client_of(&config, https)
        };
        let upgrades = client(old);
        let new = with_protocols(&["h2", "http/1.1"]);
        let new_lane = Box::new(move || client(Arc::clone(&new)));
        Ok(Self { lanes: Mutex::default(), new_lane, plain, proxy_authorization, upgrades })
    }

    /// Sends a request.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<OpenBody>, BoxError> {
        if let Some(value) = &self.proxy_authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, value.clone());
        }
        if request.headers().contains_key(UPGRADE) {
            let response = self.upgrades.request(request).await?;
            return Ok(response.map(|body| OpenBody::Shared { body, open: None }));
        }
        if let Some(plain) = self.plain.as_ref().filter(|_| is_plain_watch(&request)) {
            let stream = plain.clone().oneshot(request.uri().clone()).await?;
            return Ok(driven::send(stream, request).await?.map(OpenBody::Driven));
        }
        let (client, open) = self.lane();
        let response = client.request(request).await?;
        Ok(response.map(|body| OpenBody::Shared { body, open: Some(open) }))
    }

    /// The first lane that has room.
    fn lane(&self) -> (HyperClient, Arc<()>) {
        let mut lanes = self.lanes.lock();
        let free = lanes.iter().position(|lane| Arc::strong_count(&lane.open) <= REQUESTS_AT_ONCE);
        let index = free.unwrap_or_else(|| {
            lanes.push(Lane { client: (self.new_lane)(), open: Arc::new(()) });
            lanes.len() - 1
        });
        (lanes[index].client.clone(), Arc::clone(&lanes[index].open))
    }
}

fn with_timeouts<C>(config: &Config, connector: C) -> TimeoutConnector<C>
where
    C: Service<Uri, Response: Read + Write + Send + Unpin, Error: Into<BoxError>, Future: Send + 'static> + Send,
{
    let mut connector = TimeoutConnector::new(connector);
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_read_timeout(config.read_timeout);
    connector.set_write_timeout(config.write_timeout);
    connector.set_reset_reader_on_write(config.reset_reader_on_write);
    connector
}

fn client_of(config: &Config, https: HttpsConnector<Dialer>) -> HyperClient {
    legacy::Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .http2_keep_alive_interval(SILENCE)
        .http2_keep_alive_timeout(PATIENCE)
        .http2_keep_alive_while_idle(true)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .build(with_timeouts(config, https))
}

/// Whether the answer is a watch without TLS, and so without HTTP/2. Servers are asked for HTTP/2 by means of TLS alone.
fn is_plain_watch(request: &Request<Body>) -> bool {
    let mut query = request.uri().query().unwrap_or_default().split('&');
    request.uri().scheme_str() == Some("http") && query.any(|pair| matches!(pair, "watch=true" | "watch=1"))
}

impl OpenBody {
    fn body(&self) -> &Incoming {
        match self {
            Self::Shared { body, .. } => body,
            Self::Driven(driven) => driven.body(),
        }
    }
}

impl http_body::Body for OpenBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Self::Shared { body, open } => {
                let frame = ready!(Pin::new(body).poll_frame(context));
                if frame.is_none() {
                    *open = None;
                }
                Poll::Ready(frame)
            }
            Self::Driven(driven) => driven.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}
