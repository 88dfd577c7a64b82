//! The requests of a client, each in a span of its own.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use kube::client::Body;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::request::{fetch, open};
use super::{Client, Error};
use crate::kind::{ApiResource, Kind};

impl<K: Kind> Client<K> {
    /// Sends a request of this client and returns the body of the answer; repeated as [`open`] does.
    pub(super) async fn fetch(&self, request: Request<Bytes>) -> Result<Bytes, Error> {
        let span = of_request(self.resource(), &request);
        fetch(self.connection(), request).instrument(span).await
    }

    /// Sends a request of this client and returns the answer, whose body has not been read yet.
    pub(crate) async fn open(&self, request: Request<Bytes>, patience: Duration) -> Result<Response<Body>, Error> {
        let span = of_request(self.resource(), &request);
        open(self.connection(), request, patience).instrument(span).await
    }
}

/// A span for a request to a resource, with the object that it is about, if it is about one. The field `code` is recorded
/// once the server has answered.
fn of_request<B>(resource: &ApiResource, request: &Request<B>) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.kind = "client",
        method = %request.method(),
        kind = %resource.kind,
        namespace = Empty,
        name = Empty,
        subresource = Empty,
        code = Empty,
    );
    if !span.is_disabled() {
        let mut rest = request.uri().path().split('/').skip_while(|segment| *segment != resource.version).skip(1);
        let mut segment = rest.next();
        if resource.namespaced && segment == Some("namespaces") {
            span.record("namespace", rest.next());
            segment = rest.next();
        }
        if segment == Some(&*resource.plural) {
            span.record("name", rest.next());
            span.record("subresource", rest.next());
        }
    }
    span
}
