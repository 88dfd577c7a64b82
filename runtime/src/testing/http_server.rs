//! A connection whose requests a closure answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use kube::client::Body;
use tower::{BoxError, service_fn};

/// A scripted answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// The body, chunk by chunk.
    pub(crate) chunks: Vec<Bytes>,
    /// Whether the connection stays open after the last chunk, without another byte.
    pub(crate) stalls: bool,
    /// How long the answer takes.
    pub(crate) delay: Duration,
}

impl Reply {
    pub(crate) fn json(code: u16, body: &serde_json::Value) -> Self {
        Self::chunks(code, [body.to_string()])
    }

    pub(crate) fn chunks<T: Into<Bytes>>(code: u16, chunks: impl IntoIterator<Item = T>) -> Self {
        Self {
            code,
            headers: Vec::new(),
            chunks: chunks.into_iter().map(Into::into).collect(),
            stalls: false,
            delay: Duration::ZERO,
        }
    }
}

/// What was asked: `METHOD path?query`, and the body.
pub(crate) type Requests = Arc<Mutex<Vec<(String, String)>>>;

/// A connection that gives `replies` in turn, and the requests it got.
pub(crate) fn connection(replies: impl IntoIterator<Item = Reply>) -> (kube::Client, Requests) {
    let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
    connection_with(move |request, _| {
        replies.lock().unwrap().pop_front().unwrap_or_else(|| panic!("no reply is left for {request}"))
    })
}

/// A connection whose requests `answer` answers, given `METHOD path?query` and the body.
pub(crate) fn connection_with(
    answer: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
) -> (kube::Client, Requests) {
    let requests = Requests::default();
    let (log, answer) = (Arc::clone(&requests), Arc::new(answer));
    let service = service_fn(move |request: Request<Body>| {
        let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
        async move {
            let line = format!("{} {}", request.method(), request.uri());
            let body = request.into_body().collect().await?.to_bytes();
            let body = String::from_utf8(body.to_vec())?;
            let reply = answer(&line, &body);
            log.lock().unwrap().push((line, body));
            if !reply.delay.is_zero() {
                tokio::time::sleep(reply.delay).await;
            }
            let mut response = Response::builder().status(reply.code);
            for (name, value) in &reply.headers {
                response = response.header(*name, *value);
            }
            let chunks =
                futures::stream::iter(reply.chunks.into_iter().map(|chunk| Ok::<_, BoxError>(Frame::data(chunk))));
            let stalls = futures::stream::once(async move {
                if reply.stalls {
                    std::future::pending::<()>().await;
                }
                Ok(Frame::data(Bytes::new()))
            });
            let body = StreamBody::new(futures::StreamExt::chain(chunks, stalls));
            Ok::<_, BoxError>(response.body(body)?)
        }
    });
    (kube::Client::new(service, "default"), requests)
}

/// A connection to a server that cannot begin watches with all objects, and whose watches stay open without an event. To
/// every other request, a list, `answer` replies.
pub(crate) fn connection_of_lists(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> kube::Client {
    let (connection, _) = connection_with(move |request, _| {
        if request.contains("sendInitialEvents") {
            return Reply::json(422, &serde_json::json!({ "kind": "Status", "code": 422, "reason": "Invalid" }));
        }
        if request.contains("watch=true") {
            let mut open = Reply::chunks(200, [""; 0]);
            open.stalls = true;
            return open;
        }
        answer(request)
    });
    connection
}
