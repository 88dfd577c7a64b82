//! The HTTP endpoints of an operator: probes and metrics.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::service_fn;

use super::probe::{Answer, Checks};
use crate::metrics::Metrics;

/// How many connections are served at once. Probes and Prometheus have one each.
const CONNECTIONS: usize = 64;
/// How long a connection may be without a complete request.
const IDLE: Duration = Duration::from_mins(1);
/// How long a connection may last, whatever it does: a client that does not read must not hold it for ever.
const LIFETIME: Duration = Duration::from_mins(10);
/// How long to wait when no connection can be accepted, because there are no more file descriptors for example.
const BREATH: Duration = Duration::from_millis(100);

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const METRICS: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// What the endpoints tell.
pub(super) struct Endpoints {
    pub(super) live: Checks,
    pub(super) ready: Checks,
    pub(super) metrics: Metrics,
}

impl Endpoints {
    /// Serves connections until `stop` is cancelled.
    pub(super) async fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let place = Arc::clone(&places).acquire_owned();
            let accepted = async { (place.await, listener.accept().await) };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                Some(_) = connections.join_next() => {}
                (place, connection) = accepted => match connection {
                    Ok((stream, _)) => {
                        let endpoints = Arc::clone(&self);
                        connections.spawn(async move {
                            serve_one(endpoints, stream).await;
                            drop(place);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be accepted for probes and metrics");
                        sleep(BREATH).await;
                    }
                },
            }
        }
    }

    /// Answers a request.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "only GET is served here\n");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        let mut parts = request.uri().path().trim_matches('/').splitn(2, '/');
        let (endpoint, check) = (parts.next().unwrap_or_default(), parts.next());
        let checks = match endpoint {
            "metrics" if check.is_none() => {
                let mut metrics = text(StatusCode::OK, self.metrics.encode());
                metrics.headers_mut().insert(CONTENT_TYPE, METRICS);
                return metrics;
            }
            "healthz" | "livez" => &self.live,
            "readyz" => &self.ready,
            _ => return text(StatusCode::NOT_FOUND, "there are /healthz, /livez, /readyz and /metrics\n"),
        };
        let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let verbose = query.into_iter().any(|(key, _)| key == "verbose");
        let answer = match check {
            None => Some(checks.answer(endpoint, verbose)),
            Some(name) => checks.answer_one(name),
        };
        match answer {
            Some(Answer { passed: true, text: passed }) => text(StatusCode::OK, passed),
            Some(Answer { text: failed, .. }) => text(StatusCode::INTERNAL_SERVER_ERROR, failed),
            None => text(StatusCode::NOT_FOUND, "there is no such check\n"),
        }
    }
}

async fn serve_one(endpoints: Arc<Endpoints>, stream: TcpStream) {
    let answer = move |request: Request<_>| ready(Ok::<_, Infallible>(endpoints.answer(&request)));
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE);
    // A failed connection concerns nobody but the client.
    let service = TowerToHyperService::new(service_fn(answer));
    let _ = timeout(LIFETIME, builder.serve_connection(TokioIo::new(stream), service)).await;
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, TEXT);
    response
}
