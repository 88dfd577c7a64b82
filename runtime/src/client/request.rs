//! One request to the API server: built, sent, and its answer read within bounded time and memory.
//!
//! It knows paths, queries and bytes, and turns every failure into an [`Error`]; what the bytes mean it does not know.

use std::time::Duration;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::client::Body;
use kube::core::Status;
use kube::core::response::StatusDetails;
use tokio::time::{sleep, timeout};

use super::Error;
use super::options::Query;

/// No answer is read beyond this: more than an unpaged list of half a million objects of 2 kB.
const MAX_ANSWER: usize = 1 << 30;
/// Errors are read up to this; a longer body is no `Status`.
const MAX_STATUS: usize = 1 << 20;
/// What is kept of such a body.
const MAX_MESSAGE: usize = 1 << 10;
/// kube-apiserver itself gives up on a request after 60 s.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(75);
/// How often, and how long at most at a time, a server that asks for patience gets it, as client-go's `rest.Request`.
const MAX_RETRIES: u32 = 10;
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

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

/// Sends a request and returns the whole answer. A refusal with `Retry-After` is waited out and tried again.
pub(crate) async fn fetch(client: &kube::Client, request: Request<Bytes>) -> Result<Bytes, Error> {
    let mut tries = 0;
    loop {
        let attempt = timeout(REQUEST_TIMEOUT, fetch_once(client, request.clone())).await;
        match attempt.unwrap_or(Err(Error::Idle(REQUEST_TIMEOUT))) {
            Err(error)
                if tries < MAX_RETRIES && error.status().is_some_and(|status| matches!(status.code, 429 | 503)) =>
            {
                let Some(delay) = error.retry_after() else { return Err(error) };
                tracing::debug!(uri = %request.uri(), ?delay, %error, "the API server asks for patience");
                tries += 1;
                sleep(delay.min(MAX_RETRY_AFTER)).await;
            }
            outcome => return outcome,
        }
    }
}

/// Sends a request and returns the answer's head with its body still to be read. A failure status is an error.
pub(crate) async fn send(client: &kube::Client, request: Request<Bytes>) -> Result<Response<Body>, Error> {
    let response = client.send(request.map(Body::from)).await.map_err(|error| Error::Transport(Box::new(error)))?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    // The code says enough where the body is too long or cut.
    let bytes = read(body, MAX_STATUS).await.unwrap_or_default();
    Err(error_of(&bytes, head.status.as_u16(), &head.headers))
}

/// The error that a failed answer stands for. A body that is no `Status` (a proxy's page) becomes one with its code.
pub(crate) fn error_of(body: &[u8], code: u16, headers: &HeaderMap) -> Error {
    let mut status = serde_json::from_slice::<Status>(body).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        let text = &text[..text.floor_char_boundary(MAX_MESSAGE)];
        Status::failure(if text.is_empty() { "no message" } else { text }, "")
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

async fn fetch_once(client: &kube::Client, request: Request<Bytes>) -> Result<Bytes, Error> {
    read(send(client, request).await?.into_body(), MAX_ANSWER).await
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
