//! A connection for a single answer, which is driven by whoever reads the answer.
//!
//! hyper's HTTP/1 connections are tasks of their own that hand over one piece of an answer at a time: each costs two switches
//! between tasks, and between threads if the reader runs on another one. A long answer that comes as fast as it can be read,
//! such as the first list of a watch, takes a tenth less time without them.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::{BoxFuture, Either, select};
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body::{Body as _, Frame};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use kube::client::Body;
use tower::BoxError;

/// The rest of an answer, and the connection that it comes from.
pub(super) struct Driven {
    body: Incoming,
    /// Until it has ended.
    connection: Option<BoxFuture<'static, hyper::Result<()>>>,
}

/// Sends a request over `stream`, which is closed when the answer is dropped.
pub(super) async fn send(
    stream: impl Read + Write + Send + Unpin + 'static,
    mut request: Request<Body>,
) -> Result<Response<Driven>, BoxError> {
    let uri = std::mem::take(request.uri_mut()).into_parts();
    if let Some(authority) = uri.authority {
        let host = HeaderValue::from_str(authority.as_str())?;
        request.headers_mut().entry(HOST).or_insert(host);
    }
    *request.uri_mut() = uri.path_and_query.map(Uri::from).unwrap_or_default();
    let (mut sender, connection) = http1::handshake(stream).await?;
    let connection: BoxFuture<'static, _> = Box::pin(connection);
    match select(connection, Box::pin(sender.send_request(request))).await {
        Either::Left((ended, answer)) => {
            ended?;
            Ok(answer.await?.map(|body| Driven { body, connection: None }))
        }
        Either::Right((answer, connection)) => Ok(answer?.map(|body| Driven { body, connection: Some(connection) })),
    }
}

impl Driven {
    /// The next piece, for which the connection reads on if there is none yet.
    pub(super) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let (Poll::Pending, Some(connection)) = (&frame, &mut self.connection) else { return frame };
        // How it has ended the body says as well.
        if connection.as_mut().poll(context).is_ready() {
            self.connection = None;
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    pub(super) fn body(&self) -> &Incoming {
        &self.body
    }
}
