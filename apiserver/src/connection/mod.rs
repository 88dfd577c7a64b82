//! One connection: requests in, answers out, with bounds on the time and memory that its client can cost.
//!
//! In: a stream. Out: calls of the service, and a closed stream. A client that is slow, or does not read what it asked for, loses its
//! connection; others do not notice it.
//! Source: `k8s.io/apiserver/pkg/server/secure_serving.go`, whose idle time is that of [`IDLE`]. It has no bound for clients that do
//! not read, except that its watches end when their queue is full.

mod body;
mod stream;

use std::time::Duration;

use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::service::ApiService;
use body::Timely;
pub(crate) use body::TookTooLong;
use stream::Lively;

/// How long a client may take for the headers of its next request, the time before it sends any included.
const IDLE: Duration = Duration::from_secs(90);
/// How often a client of HTTP/2 is asked whether it is still there, and how long it may take to answer.
const PING: Duration = Duration::from_secs(30);
const PONG: Duration = Duration::from_secs(15);
/// How many requests a connection of HTTP/2 may have at a time.
const STREAMS: u32 = 250;

/// Answers requests until the client has enough or `ending` is cancelled. At the end it still finishes the one that is running.
pub(crate) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: ApiService,
    ending: &CancellationToken,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE);
    let http2 = &mut builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PONG).max_concurrent_streams(STREAMS);
    let service = service.map_request(|request: Request<_>| request.map(Timely::new));
    let connection = builder.serve_connection(TokioIo::new(Lively::new(stream)), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = ending.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke");
    }
}
