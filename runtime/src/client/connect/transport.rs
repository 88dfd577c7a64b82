//! Sends requests to the server of a configuration: what [`kube::Client`] is built on.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use kube::client::Body;
use tower::{BoxError, Service};

use super::TraceContext;
use super::session::{Session, Sessions};
use crate::client::attempt::Attempt;
use crate::client::error::causes;
use crate::metrics::ClientMetrics;

/// The longest body of a request that is kept so that it can be sent again.
const MAX_KEPT: u64 = 16 << 20;

/// A service that sends requests, whose addresses are complete.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) sessions: Arc<Sessions>,
    pub(super) metrics: Option<ClientMetrics>,
    pub(super) trace_context: Option<TraceContext>,
}

/// A request that got no answer.
#[derive(Debug)]
struct NoAnswer {
    server: String,
    source: BoxError,
}

/// Why a request failed that other credentials or certificates may help.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The server does not take the credentials, or the client's certificate.
    Refused,
    /// The client does not know the authority that signed the server's certificate, or the certificate is not good.
    Unknown,
}

type AnyBody = UnsyncBoxBody<Bytes, BoxError>;

impl Service<Request<Body>> for Transport {
    type Response = Response<AnyBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<AnyBody>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let transport = self.clone();
        if let Some(trace_context) = &self.trace_context {
            request.headers_mut().extend(trace_context());
        }
        Box::pin(async move {
            let uri = request.uri();
            let server =
                format!("{}://{}", uri.scheme_str().unwrap_or_default(), uri.authority().map_or("", |of| of.as_str()));
            transport.send(request).await.map_err(|source| NoAnswer { server, source }.into())
        })
    }
}

impl Transport {
    /// Sends a request; once more, if the server refuses its credentials and there are other ones.
    async fn send(&self, request: Request<Body>) -> Result<Response<AnyBody>, BoxError> {
        let (head, body) = request.into_parts();
        if head.headers.contains_key(AUTHORIZATION) || body.size_hint().exact().is_none_or(|size| size > MAX_KEPT) {
            let session = self.sessions.present().await?;
            return self.send_with(&session, Request::from_parts(head, body)).await;
        }
        let body = body.collect_bytes().await?;
        let request = || Request::from_parts(head.clone(), Body::from(body.clone()));
        let session = self.sessions.present().await?;
        let outcome = self.send_with(&session, request()).await;
        let Some(failure) = Failure::of(&outcome) else { return outcome };
        match self.sessions.instead_of(&session, failure == Failure::Refused).await {
            Ok(Some(session)) => self.send_with(&session, request()).await,
            Ok(None) => outcome,
            Err(error) => {
                tracing::warn!(%error, "cannot renew the credentials that the server refused");
                outcome
            }
        }
    }

    async fn send_with(&self, session: &Session, mut request: Request<Body>) -> Result<Response<AnyBody>, BoxError> {
        if let Some(value) = &session.material.authorization
            && !request.headers().contains_key(AUTHORIZATION)
        {
            request.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        let Some(metrics) = &self.metrics else {
            let response = session.pool.send(request).await?;
            return Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()));
        };
        let repeated = request.extensions().get().is_some_and(|attempt: &Attempt| attempt.0 > 0);
        let call = metrics.sending(&request, repeated);
        let outcome = session.pool.send(request).await;
        call.answered(outcome.as_ref().map(Response::status).ok());
        Ok(outcome?.map(|body| call.counting(body).map_err(Into::into).boxed_unsync()))
    }
}

impl Failure {
    fn of(outcome: &Result<Response<AnyBody>, BoxError>) -> Option<Self> {
        match outcome {
            Ok(response) => (response.status() == StatusCode::UNAUTHORIZED).then_some(Self::Refused),
            Err(error) => causes(&**error).find_map(|cause| match cause.downcast_ref()? {
                rustls::Error::InvalidCertificate(_) => Some(Self::Unknown),
                rustls::Error::AlertReceived(_) => Some(Self::Refused),
                _ => None,
            }),
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server)
    }
}

impl Error for NoAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
