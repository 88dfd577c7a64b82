//! Builds and sends one request to the API server, and reads the answer within limits of time and memory.
//!
//! This module deals with paths, queries and bytes, and turns every failure into an [`Error`]. It does not decode
//! objects.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use form_urlencoded::Serializer;
use futures::StreamExt;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyDataStream, BodyExt, LengthLimitError, Limited};
use kube::client::Body;
use kube::core::Status;
use kube::core::response::StatusDetails;
use tokio::time::{Sleep, sleep, timeout};
use tracing::Span;

use super::Error;
use super::attempt::Attempt;
use super::options::Query;

/// The longest answer that is read in one piece, in bytes: an object, or what was deleted with a collection.
const MAX_ANSWER: usize = 1 << 30;
/// The longest object, in bytes. etcd refuses objects above 1.5 MiB unless an administrator raised that; this leaves room
/// for higher limits and for JSON being longer.
pub(crate) const MAX_OBJECT: usize = 16 << 20;
/// The longest body of a failure, in bytes. A longer one cannot be a `Status`.
const MAX_STATUS: usize = 1 << 20;
/// How many bytes of a body that is not a `Status` become the error's message.
const MAX_MESSAGE: usize = 1 << 10;
/// The timeout of a request. kube-apiserver itself gives up after 60 s.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(75);

/// Builds a request for `path`, with a JSON body of `content_type`.
pub(crate) fn build(
    method: Method,
    path: &str,
    query: &Query,
    body: Option<(&str, Vec<u8>)>,
) -> Result<Request<Bytes>, Error> {
    let mut uri = path.to_owned();
    if !query.is_empty() {
        uri.push('?');
        uri.push_str(&Serializer::new(String::new()).extend_pairs(query).finish());
    }
    let mut request = Request::builder().method(method).uri(uri);
    let body = body.map_or_else(Bytes::new, |(content_type, bytes)| {
        request.headers_mut().map(|headers| headers.insert(CONTENT_TYPE, content_type.parse().ok()?));
        bytes.into()
    });
    request.body(body).map_err(|error| Error::Invalid(error.to_string()))
}

/// Sends a request and returns the body of the answer; repeated as [`open`] does.
pub(crate) async fn fetch(client: &kube::Client, request: Request<Bytes>) -> Result<Bytes, Error> {
    let body = open(client, request, REQUEST_TIMEOUT).await?.into_body();
    timeout(REQUEST_TIMEOUT, read(body, MAX_ANSWER)).await.unwrap_or(Err(Error::Idle(REQUEST_TIMEOUT)))
}

/// Sends a request and returns the answer, which begins within `patience`, and whose body has not been read yet. Repeated
/// if the server asks for that, or if the connection was lost and a repetition does no harm.
pub(crate) async fn open(
    client: &kube::Client,
    mut request: Request<Bytes>,
    patience: Duration,
) -> Result<Response<Body>, Error> {
    let mut attempt = Attempt::default();
    loop {
        if attempt != Attempt::default() {
            request.extensions_mut().insert(attempt);
        }
        let outcome = timeout(patience, send(client, request.clone())).await.unwrap_or(Err(Error::Idle(patience)));
        let Err(error) = outcome else { return outcome };
        let Some(delay) = attempt.delay_after(request.method(), &error) else { return Err(error) };
        tracing::debug!(uri = %request.uri(), ?delay, %error, "trying again");
        sleep(delay).await;
        attempt.0 += 1;
    }
}

/// The body of an answer, piece by piece as it arrives.
pub(crate) struct Pieces {
    body: BodyDataStream<Body>,
    idle: Duration,
    /// Runs while a piece is waited for.
    silence: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    /// The pieces of `body`. A silence longer than `idle` is an error.
    pub(crate) fn new(body: Body, idle: Duration) -> Self {
        Self { body: body.into_data_stream(), idle, silence: None }
    }

    /// The next piece; none when the body has ended.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The next piece, if it has arrived.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if let Poll::Ready(piece) = self.body.poll_next_unpin(context) {
            self.silence = None;
            return Poll::Ready(piece.transpose().map_err(|error| Error::Transport(Box::new(error))));
        }
        let idle = self.idle;
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(idle)));
        ready!(silence.as_mut().poll(context));
        Poll::Ready(Err(Error::Idle(idle)))
    }

    /// Lowers the idle timeout to `idle`, unless it is shorter already.
    pub(crate) fn lower_idle(&mut self, idle: Duration) {
        self.idle = self.idle.min(idle);
    }
}

/// Sends a request and returns the answer, whose body has not been read yet. A status code of a failure is an error.
async fn send(client: &kube::Client, request: Request<Bytes>) -> Result<Response<Body>, Error> {
    let response = client.send(request.map(Body::from)).await.map_err(|error| Error::Transport(Box::new(error)))?;
    Span::current().record("code", response.status().as_u16());
    if response.status().is_success() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    // If the body is too long or cut off, the code alone has to do.
    let bytes = read(body, MAX_STATUS).await.unwrap_or_default();
    Err(error_of(&bytes, head.status.as_u16(), &head.headers))
}

/// The error for an answer that is a failure. If the body is not a `Status` (but a proxy's error page, say), a `Status`
/// is made of its text and the code.
pub(crate) fn error_of(body: &[u8], code: u16, headers: &HeaderMap) -> Error {
    let mut status = serde_json::from_slice::<Status>(body).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        let text = &text[..text.floor_char_boundary(MAX_MESSAGE)];
        match (code, text) {
            // What kube-apiserver answers to a path that it does not know.
            (404, "404 page not found") => {
                Status::failure("the server does not serve this resource; is its CRD installed?", "")
            }
            (_, "") => Status::failure("no message", ""),
            _ => Status::failure(text, ""),
        }
    });
    if status.code == 0 {
        status.code = code;
    }
    let asked =
        headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
    if let Some(seconds) = asked {
        let details = status.details.get_or_insert_with(no_details);
        details.retry_after_seconds = details.retry_after_seconds.max(seconds);
    }
    Error::Api(status.boxed())
}

pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, Error> {
    let collected = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return Error::TooLarge { limit };
        }
        Error::Transport(Box::new(kube::Error::Service(error)))
    })?;
    Ok(collected.to_bytes())
}

fn no_details() -> StatusDetails {
    StatusDetails {
        name: String::new(),
        group: String::new(),
        kind: String::new(),
        uid: String::new(),
        causes: Vec::new(),
        retry_after_seconds: 0,
    }
}
