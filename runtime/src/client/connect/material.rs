//! What a client shows a server and what it trusts: tokens, certificates and authorities, read from files and plugins.

use std::error::Error;
use std::fs;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use jiff::Timestamp;
use kube::Config;
use kube::client::{Body, ConfigExt};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::task::spawn_blocking;
use tower::util::BoxService;
use tower::{BoxError, Layer, ServiceExt, service_fn};

use super::plugin::Plugin;
use crate::client::error::chain;
use crate::metrics::ClientMetrics;

/// Why there are no credentials, or no connections with them.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unusable(String);

/// A client certificate and its key, both as PEM.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

/// What holds at one time.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Material {
    pub(super) authorization: Option<HeaderValue>,
    pub(super) tls: TlsMaterial,
    /// When a plugin must issue something new.
    pub(super) until: Option<Timestamp>,
}

/// What a connection is made with, as far as it may change.
#[derive(Clone, Default, PartialEq)]
pub(super) struct TlsMaterial {
    /// The authorities, as PEM. None: those of the configuration.
    authorities: Option<Vec<u8>>,
    /// The client's certificate. None: that of the configuration.
    identity: Option<Identity>,
}

/// Where it comes from.
pub(super) struct Source {
    /// All but the plugin.
    config: Config,
    plugin: Option<Arc<Plugin>>,
    metrics: Option<ClientMetrics>,
}

impl Source {
    /// The sources that a configuration names. As in client-go, a plugin is not asked if there are other credentials.
    pub(super) fn new(mut config: Config, metrics: Option<ClientMetrics>) -> Self {
        let auth = &mut config.auth_info;
        let plugin = auth.exec.take();
        let others = auth.token.is_some()
            || auth.token_file.is_some()
            || auth.username.is_some()
            || auth.auth_provider.is_some()
            || auth.client_certificate.is_some()
            || auth.client_certificate_data.is_some();
        let plugin = plugin.filter(|_| !others).map(|config| Arc::new(Plugin::new(config)));
        Self { config, plugin, metrics }
    }

    /// Whether something may be different when it is read again.
    pub(super) fn may_change(&self) -> bool {
        self.plugin.is_some() || self.asks_provider() || self.reads_files()
    }

    /// Whether tokens come from kube, which renews them by itself.
    pub(super) fn asks_provider(&self) -> bool {
        self.config.auth_info.auth_provider.is_some()
    }

    /// Whether a part comes from files, whose changes nobody announces.
    pub(super) fn reads_files(&self) -> bool {
        let auth = &self.config.auth_info;
        auth.token_file.is_some() || self.config.root_cert_file.is_some() || auth.client_certificate.is_some()
    }

    /// Reads everything. Files are read as they are now; the plugin only runs if `before` is absent, refused or past its
    /// time.
    pub(super) async fn read(&self, before: Option<&Material>, refused: bool) -> Result<Material, Unusable> {
        let (config, plugin, metrics) = (self.config.clone(), self.plugin.clone(), self.metrics.clone());
        let held = before.filter(|before| !refused && !before.is_over()).cloned();
        let last = before.and_then(|before| before.authorization.clone());
        let read = move || -> Result<Material, Unusable> {
            match (&plugin, held) {
                (Some(plugin), None) => issued(&config, plugin, metrics.as_ref()),
                (Some(_), Some(held)) => {
                    let tls = TlsMaterial { identity: held.tls.identity, ..files(&config)? };
                    Ok(Material { tls, ..held })
                }
                (None, _) => {
                    // As in client-go, the last token goes on if the file is gone: some programs remove it on purpose.
                    let authorization = config.auth_info.token_file.as_ref().and_then(|path| token(path).or(last));
                    Ok(Material { authorization, tls: files(&config)?, until: None })
                }
            }
        };
        let mut material = spawn_blocking(read).await.map_err(|error| Unusable::because(&error))??;
        if self.plugin.is_none() && material.authorization.is_none() {
            material.authorization = provided(&self.config).await?;
        }
        Ok(material)
    }

    /// The settings of connections with this material.
    pub(super) fn tls(&self, material: &TlsMaterial) -> Result<ClientConfig, Unusable> {
        let mut config = self.config.clone();
        // Files are read here, so that all of them are of one time.
        config.root_cert_file = None;
        if let Some(pem) = &material.authorities {
            let authorities = CertificateDer::pem_slice_iter(pem).map(|found| found.map(|der| der.to_vec()));
            let authorities: Result<Vec<_>, _> = authorities.collect();
            let authorities =
                authorities.map_err(|error| Unusable(format!("invalid authorities: expected PEM: {error}")))?;
            if authorities.is_empty() {
                // A file that is just being written.
                return Err(Unusable("the file of the authorities has no certificate".to_owned()));
            }
            config.root_cert = Some(authorities);
        }
        if let Some(identity) = &material.identity {
            config.auth_info.client_certificate_data = Some(STANDARD.encode(&identity.certificate));
            config.auth_info.client_key_data = Some(STANDARD.encode(&identity.key).into());
        }
        config.rustls_client_config().map_err(|error| Unusable::because(&error))
    }
}

impl Material {
    /// Whether a plugin has said that this holds no longer.
    pub(super) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Timestamp::now() >= until)
    }
}

impl Unusable {
    /// With the words of `error` and all that caused it.
    pub(super) fn because(error: &(dyn Error + 'static)) -> Self {
        Self(chain(error))
    }
}

/// What a plugin issues, beside the authorities.
fn issued(config: &Config, plugin: &Plugin, metrics: Option<&ClientMetrics>) -> Result<Material, Unusable> {
    let outcome = plugin.run();
    if let Some(metrics) = metrics {
        metrics.plugin_called(outcome.as_ref().map(drop).map_err(|failed| failed.call));
    }
    let issued = outcome.map_err(|failed| Unusable(failed.reason))?;
    let authorization = issued.token.as_deref().map(bearer).transpose()?;
    let tls = TlsMaterial { identity: issued.identity, ..files(config)? };
    Ok(Material { authorization, tls, until: issued.until })
}

/// The certificates that are in files. Data in the configuration goes before them.
fn files(config: &Config) -> Result<TlsMaterial, Unusable> {
    let auth = &config.auth_info;
    let named = |path: &str| fs::read(path).map_err(|error| Unusable(format!("{path}: {error}")));
    let authorities = match config.root_cert_file.as_ref().and_then(|path| path.to_str()) {
        Some(path) => Some(named(path)?),
        None => None,
    };
    let identity = match (&auth.client_certificate, &auth.client_key) {
        (Some(certificate), Some(key)) if auth.client_certificate_data.is_none() && auth.client_key_data.is_none() => {
            Some(Identity { certificate: named(certificate)?, key: named(key)? })
        }
        _ => None,
    };
    Ok(TlsMaterial { authorities, identity })
}

/// The token in a file.
fn token(path: &str) -> Option<HeaderValue> {
    let token = fs::read_to_string(path).map_err(|error| error.to_string());
    let header = token.and_then(|token| match token.trim() {
        "" => Err("it is empty".to_owned()),
        token => bearer(token).map_err(|error| error.to_string()),
    });
    header.inspect_err(|error| tracing::warn!(path, error, "cannot read the token")).ok()
}

/// The header that kube makes of a user and a password, a token, or what an `auth-provider` says.
async fn provided(config: &Config) -> Result<Option<HeaderValue>, Unusable> {
    let mut config = config.clone();
    config.auth_info.token_file = None;
    let Some(layer) = config.auth_layer().map_err(|error| Unusable::because(&error))? else { return Ok(None) };
    let echo = BoxService::new(layer.layer(service_fn(|request: Request<Body>| async move {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = request.headers().clone();
        Ok::<_, BoxError>(response)
    })));
    let response = echo.oneshot(Request::new(Body::empty())).await;
    let mut response = response.map_err(|error| Unusable::because(&*error))?;
    Ok(response.headers_mut().remove(AUTHORIZATION))
}

fn bearer(token: &str) -> Result<HeaderValue, Unusable> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Unusable("the token has characters that a header cannot have".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
