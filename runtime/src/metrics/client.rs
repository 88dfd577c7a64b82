//! The metrics of clients: client-go's `rest_client_*`.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::{Body, Frame, SizeHint};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::time::Instant;

use super::{Histograms, float};

/// client-go's buckets, in seconds and in bytes.
const SECONDS: [f64; 12] = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0];
const BYTES: [f64; 11] =
    [64.0, 256.0, 512.0, 1024.0, 4096.0, 16384.0, 65536.0, 262_144.0, 1_048_576.0, 4_194_304.0, 16_777_216.0];

/// The code of a request that got no answer.
const NO_ANSWER: &str = "<error>";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    code: String,
    method: String,
    host: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RetryLabels {
    code: String,
    verb: String,
    host: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerbLabels {
    verb: String,
    host: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PluginLabels {
    code: String,
    call_status: &'static str,
}

/// The metrics of all clients. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct ClientMetrics {
    requests: Family<MethodLabels, Counter>,
    retries: Family<RetryLabels, Counter>,
    durations: Histograms<VerbLabels>,
    sent: Histograms<VerbLabels>,
    received: Histograms<VerbLabels>,
    plugin_calls: Family<PluginLabels, Counter>,
}

/// How the call of a credential plugin failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PluginCall {
    /// There is no such program.
    NotFound,
    /// It ended with this code.
    ExecutionError(i32),
    /// It cannot be called, or what it printed cannot be used.
    InternalError,
}

/// A request that was sent.
pub(crate) struct SentRequest {
    metrics: ClientMetrics,
    labels: VerbLabels,
    repeated: bool,
    began: Instant,
}

/// The body of an answer, whose bytes are counted.
pub(crate) struct CountedBody<B> {
    body: B,
    bytes: u64,
    sizes: Histogram,
}

impl ClientMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            retries: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            sent: Family::new_with_constructor(|| Histogram::new(BYTES)),
            received: Family::new_with_constructor(|| Histogram::new(BYTES)),
            plugin_calls: Family::default(),
        };
        registry.register("rest_client_requests", "Requests that were sent", metrics.requests.clone());
        registry.register("rest_client_request_retries", "Of these, repetitions", metrics.retries.clone());
        let durations = "How long requests took until their answers began, in seconds";
        registry.register("rest_client_request_duration_seconds", durations, metrics.durations.clone());
        registry.register("rest_client_request_size_bytes", "The sizes of requests", metrics.sent.clone());
        registry.register("rest_client_response_size_bytes", "The sizes of answers", metrics.received.clone());
        let calls = "Calls of credential plugins";
        registry.register("rest_client_exec_plugin_call", calls, metrics.plugin_calls.clone());
        metrics
    }

    /// Notes that a request is sent. `repeated` says that it was sent before.
    pub(crate) fn sending<B: Body>(&self, request: &Request<B>, repeated: bool) -> SentRequest {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let labels = VerbLabels { verb: request.method().to_string(), host };
        if let Some(size) = request.body().size_hint().exact() {
            self.sent.get_or_create(&labels).observe(float(size));
        }
        SentRequest { metrics: self.clone(), labels, repeated, began: Instant::now() }
    }

    /// Notes a call of a credential plugin.
    pub(crate) fn plugin_called(&self, outcome: Result<(), PluginCall>) {
        let (code, call_status) = match outcome {
            Ok(()) => (0, "no_error"),
            Err(PluginCall::NotFound) => (1, "plugin_not_found_error"),
            Err(PluginCall::ExecutionError(code)) => (code, "plugin_execution_error"),
            Err(PluginCall::InternalError) => (1, "client_internal_error"),
        };
        self.plugin_calls.get_or_create(&PluginLabels { code: code.to_string(), call_status }).inc();
    }
}

impl SentRequest {
    /// Notes the code of the answer, or that there is none.
    pub(crate) fn answered(&self, code: Option<StatusCode>) {
        let VerbLabels { verb, host } = &self.labels;
        let code = code.map_or_else(|| NO_ANSWER.to_owned(), |code| code.as_str().to_owned());
        self.metrics.durations.get_or_create(&self.labels).observe(self.began.elapsed().as_secs_f64());
        if self.repeated {
            let labels = RetryLabels { code: code.clone(), verb: verb.clone(), host: host.clone() };
            self.metrics.retries.get_or_create(&labels).inc();
        }
        let labels = MethodLabels { code, method: verb.clone(), host: host.clone() };
        self.metrics.requests.get_or_create(&labels).inc();
    }

    /// A body whose size is noted when it has ended.
    pub(crate) fn counting<B>(&self, body: B) -> CountedBody<B> {
        CountedBody { body, bytes: 0, sizes: self.metrics.received.get_or_create(&self.labels).clone() }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for CountedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.bytes += data.len() as u64;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for CountedBody<B> {
    fn drop(&mut self) {
        self.sizes.observe(float(self.bytes));
    }
}
