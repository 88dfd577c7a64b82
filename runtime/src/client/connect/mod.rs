//! Connects to an API server as kubectl does: which one, through which proxy, with which credentials, and how it is noticed
//! that it has gone. [`ConnectOptions`] has the rules.

mod dial;
mod driven;
mod environment;
mod material;
mod plugin;
mod pool;
mod proxy;
mod session;
mod transport;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::HeaderMap;
use kube::Config;
use kube::client::{ClientBuilder, ConfigExt};
use kube::config::KubeConfigOptions;

use self::environment::Environment;
use self::material::Source;
use self::proxy::Proxy;
use self::session::Sessions;
use self::transport::Transport;
use super::Error;
use crate::metrics::Metrics;

/// Returns headers for a request that is sent in the present span, such as `traceparent`.
pub type TraceContext = Arc<dyn Fn() -> HeaderMap + Send + Sync>;

/// How to connect. By default as [`connect`] does.
///
/// ```no_run
/// use crdgen_runtime::client::{ConnectOptions, Error};
/// use crdgen_runtime::metrics::Metrics;
///
/// async fn connection(metrics: &Metrics) -> Result<crdgen_runtime::kube::Client, Error> {
///     ConnectOptions::default().context("staging").metrics(metrics).connect().await
/// }
/// ```
///
/// **Which server.** The kubeconfig wins: that of [`kubeconfig`](Self::kubeconfig), else the files in
/// `KUBECONFIG`, else `~/.kube/config`; in a pod as well. Files that are not there are passed over. Only if no file says
/// anything it is the service account of the pod. A kubeconfig that cannot be read is an error.
///
/// **Proxies.** The `proxy-url` of the kubeconfig, else `HTTPS_PROXY` (`HTTP_PROXY` for a server without TLS) with
/// `NO_PROXY`, by Go's rules: also in small letters; a server on this machine never has one; entries of `NO_PROXY` are hosts
/// with all below them, `.domain`, `*.domain`, addresses, networks (`10.0.0.0/8`), any but the last with `:port`, and `*`.
/// Proxies are `http`, `https` and `socks5`, with user and password if the URL has them.
///
/// **Credentials** are renewed without a restart. A credential plugin (`exec`) runs at the first request, when its
/// `expirationTimestamp` has passed, and when the server has answered 401; then the request is sent once more. Files
/// (`tokenFile`, `client-certificate`, `client-key`, `certificate-authority`, and the pod's token and authority) are read
/// each minute, and at once when the server answers 401 or a certificate does not fit.
///
/// **Connections** speak HTTP/2 if the server does. A peer that has vanished without a word is noticed within 75 seconds:
/// by a ping after 30 seconds of silence, which has 15 seconds to be answered, or by TCP's own probes.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    kubeconfig: Option<PathBuf>,
    context: Option<String>,
    metrics: Option<Metrics>,
    trace_context: Option<TraceContext>,
}

/// Connects as kubectl does: by the kubeconfig if there is one, else as the pod's service account. See
/// [`ConnectOptions`] for what can be chosen, and for the exact rules.
///
/// Nothing is sent yet, so a wrong address is only noticed at the first request.
pub async fn connect() -> Result<kube::Client, Error> {
    ConnectOptions::default().connect().await
}

/// Connects as the current context of the kubeconfig file at `path`.
pub async fn connect_with(path: &Path) -> Result<kube::Client, Error> {
    ConnectOptions::default().kubeconfig(path).connect().await
}

impl ConnectOptions {
    /// Use this kubeconfig, whatever the environment says.
    #[must_use]
    pub fn kubeconfig(self, path: impl Into<PathBuf>) -> Self {
        Self { kubeconfig: Some(path.into()), ..self }
    }

    /// Use this context of the kubeconfig instead of the current one.
    #[must_use]
    pub fn context(self, name: impl Into<String>) -> Self {
        Self { context: Some(name.into()), ..self }
    }

    /// Count the requests (`rest_client_*`).
    #[must_use]
    pub fn metrics(self, metrics: &Metrics) -> Self {
        Self { metrics: Some(metrics.clone()), ..self }
    }

    /// Send these headers with each request. `trace_context` is called in the span that the request is sent in, so that
    /// a program can pass on its trace: with `tracing-opentelemetry`, by injecting `Span::current().context()` into the
    /// headers (`traceparent`, `tracestate`).
    #[must_use]
    pub fn trace_context(self, trace_context: impl Fn() -> HeaderMap + Send + Sync + 'static) -> Self {
        Self { trace_context: Some(Arc::new(trace_context)), ..self }
    }

    /// Connects.
    pub async fn connect(&self) -> Result<kube::Client, Error> {
        self.connect_from(&Environment::of_process()).await
    }

    /// Connects by a configuration of your own. Of the environment only the proxy counts, if the configuration names
    /// none. What [`kube::Client`] would do by itself differs in all that the rules of this page are about; among other
    /// things it repeats every request that is answered with 429, 503 or 504 up to 15 times.
    pub fn connect_to(&self, config: Config) -> Result<kube::Client, Error> {
        self.client(config, &Environment::of_process())
    }

    async fn connect_from(&self, environment: &Environment) -> Result<kube::Client, Error> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        let config = environment.configuration(self.kubeconfig.as_deref(), &options).await?;
        self.client(config, environment)
    }

    fn client(&self, config: Config, environment: &Environment) -> Result<kube::Client, Error> {
        let failed = |error: kube::Error| Error::Config(super::error::chain(&error));
        let named = config.proxy_url.as_ref().filter(|url| !is_of_environment(url, environment));
        let proxy = Proxy::to(&config.cluster_url, named, environment)?.map(Arc::new);
        let (base, headers) = (config.base_uri_layer(), config.extra_headers_layer().map_err(failed)?);
        let metrics = self.metrics.as_ref().map(Metrics::client);
        let source = Source::new(config.clone(), metrics.clone());
        let namespace = config.default_namespace.clone();
        let sessions = Sessions::new(config, proxy, source);
        let transport = Transport { sessions, metrics, trace_context: self.trace_context.clone() };
        Ok(ClientBuilder::new(transport, namespace).with_layer(&headers).with_layer(&base).build())
    }
}

/// Whether kube has taken a proxy from the environment, and has not looked at `NO_PROXY`.
fn is_of_environment(url: &http::Uri, environment: &Environment) -> bool {
    let mut variables = ["HTTPS_PROXY", "https_proxy"].iter().filter_map(|name| environment.variable(name));
    variables.any(|value| value.parse().is_ok_and(|value: http::Uri| value == *url))
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("kubeconfig", &self.kubeconfig)
            .field("context", &self.context)
            .field("metrics", &self.metrics)
            .finish_non_exhaustive()
    }
}
