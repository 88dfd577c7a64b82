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

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tower::Service;

use crate::controller::simulation::ticker;
use crate::request;
use crate::request::accept::Accept;
use crate::request::query::Query;
use crate::response::{Body, Reply};
use crate::router;
use crate::state::State;
use crate::status::Status;

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
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
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
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(collected) => {
            request.body = collected.to_bytes();
            router::answer(state, &request).await
        }
        Err(error) => {
            let refusal = if error.is::<LengthLimitError>() {
                Status::too_large(&format!("limit is {BODY_LIMIT}"))
            } else {
                Status::bad_request(format!("the body could not be read: {error}"))
            };
            Reply::status(&Accept::fallback(&request), &refusal).into_response()
        }
    }
}

impl fmt::Debug for ApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiService").field("store", &self.state.store).finish_non_exhaustive()
    }
}
