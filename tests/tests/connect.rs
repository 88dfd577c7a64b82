//! Connections over TLS to the embedded API server and to a real one.

use std::path::Path;

use anyhow::Result;
use crdgen_apiserver::Server;
use crdgen_runtime::client::{Client, ConnectOptions, DeleteOptions, ListOptions, WatchOptions};
use crdgen_runtime::metrics::Metrics;
use crdgen_runtime::watch::Event;
use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use tests::control_plane::ControlPlane;

/// More than a server allows on one connection with HTTP/2.
const WATCHES: usize = 260;

/// Reads, writes and watches over one connection, however many watches are open.
async fn check(kubeconfig: &Path) -> Result<()> {
    let metrics = Metrics::new();
    let connection = ConnectOptions::default().kubeconfig(kubeconfig).metrics(&metrics).connect().await?;
    let config_maps = Client::<ConfigMap>::new(connection).namespaced("default");
    let resource_version = config_maps.list(&ListOptions::default()).await?.resource_version;
    let options = WatchOptions { resource_version, bookmarks: false, ..WatchOptions::default() };
    let mut watches = Vec::new();
    for _ in 0..WATCHES {
        watches.push(config_maps.watch(&options).await?);
    }
    let mut object = ConfigMap::default();
    object.metadata.name = Some("connected".to_owned());
    config_maps.create(&object).await?;
    for watch in &mut watches {
        assert!(matches!(watch.next().await, Some(Ok(Event::Added(_)))));
    }
    config_maps.delete("connected", &DeleteOptions::default()).await?;
    let text = metrics.encode();
    let counted = |line: &str| text.lines().any(|found| found.starts_with(line));
    assert!(counted(r#"rest_client_requests_total{code="201",method="POST",host="127.0.0.1:"#), "{text}");
    assert!(!text.contains("rest_client_request_retries_total{"), "nothing had to be sent twice: {text}");
    Ok(())
}

#[tokio::test]
async fn the_embedded_server_is_reached_over_tls() -> Result<()> {
    let server = Server::builder().tls().token("secret").build();
    let handle = server.serve(([127, 0, 0, 1], 0).into()).await?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), handle.kubeconfig())?;
    check(file.path()).await?;
    server.shutdown();
    handle.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_real_server_is_reached_over_tls() -> Result<()> {
    let Some(plane) = ControlPlane::start_if_provided("connect").await? else { return Ok(()) };
    check(&plane.kubeconfig()).await
}
