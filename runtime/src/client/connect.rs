//! Connects to an API server, with the service account of the pod or with a kubeconfig.

use std::path::Path;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};

use super::Error;

/// Connects as the pod's service account, or, outside a cluster, as the current context of the kubeconfig
/// (`$KUBECONFIG`, `~/.kube/config`).
///
/// The order is client-go's. Nothing is sent yet, so a wrong address is only noticed at the first request.
pub async fn connect() -> Result<kube::Client, Error> {
    let config = match Config::incluster() {
        Ok(config) => config,
        Err(in_cluster) => Config::from_kubeconfig(&KubeConfigOptions::default()).await.map_err(|kubeconfig| {
            Error::Config(format!("not in a cluster ({in_cluster}), and no kubeconfig ({kubeconfig})"))
        })?,
    };
    client(config)
}

/// Connects as the current context of the kubeconfig file at `path`.
pub async fn connect_with(path: &Path) -> Result<kube::Client, Error> {
    let failed = |error| Error::Config(format!("{}: {error}", path.display()));
    let kubeconfig = Kubeconfig::read_from(path).map_err(failed)?;
    client(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.map_err(failed)?)
}

/// kube's own retry layer repeats every 429, 503 and 504 up to 15 times, also writes and lists whose 504 means that the
/// resource version is too new. Retrying is decided here per request instead, as client-go does.
fn client(mut config: Config) -> Result<kube::Client, Error> {
    config.default_retry = false;
    kube::Client::try_from(config).map_err(|error| Error::Config(error.to_string()))
}
