//! The server as a `tower::Service` over HTTP requests with any body.
//!
//! In: `http::Request`. Out: `http::Response`. Every error is a response too, so the service itself never fails. A body
//! may be as large as for kube-apiserver.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::Service;

use crate::connection::TookTooLong;
use crate::controller::simulation::ticker;
use crate::request;
use crate::request::accept::Accept;
use crate::request::budget::Share;
use crate::request::query::Query;
use crate::response::{Body, Reply};
use crate::router;
use crate::state::State;
use crate::status::{Result, Status};

/// The largest request body, in bytes.
const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// A handle to a server that answers requests; clones share it.
#[derive(Clone)]
pub struct ApiService {
    state: Arc<State>,
}

impl ApiService {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }
}

impl<B> Service<Request<B>> for ApiService
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = self.state.clone();
        Box::pin(async move { Ok(answer(&state, request).await) })
    }
}

async fn answer<B>(state: &Arc<State>, request: Request<B>) -> Response<Body>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    ticker::start(state);
    let (parts, body) = request.into_parts();
    let mut request = request::Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        body: Bytes::new(),
    };
    // What is held of the body counts until the request is answered.
    let mut share = state.bodies.share();
    match collect(body, &mut share).await {
        Ok(body) => {
            request.body = body;
            router::answer(state, &request).await
        }
        Err(refusal) => Reply::status(&Accept::fallback(&request), &refusal).into_response(),
    }
}

/// The whole body.
async fn collect<B>(body: B, share: &mut Share) -> Result<Bytes>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let too_large = || Status::too_large(&format!("limit is {BODY_LIMIT}"));
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    tokio::pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| unreadable(&*error.into()))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.remaining() > BODY_LIMIT {
            return Err(too_large());
        }
        if !share.take(data.remaining()) {
            return Err(Status::too_many_requests());
        }
        whole.put(data);
    }
    Ok(whole.freeze())
}

fn unreadable(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Box<Status> {
    if error.is::<TookTooLong>() {
        return Status::timeout("Timeout: request did not complete within the allotted timeout");
    }
    Status::bad_request(format!("the body could not be read: {error}"))
}

impl fmt::Debug for ApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiService").field("store", &self.state.store).finish_non_exhaustive()
    }
}
