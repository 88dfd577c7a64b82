//! The embedded server with what the suite expects of a cluster: a node that is ready, no pods and daemon sets, the service of the
//! API server.
//!
//! A request that is about one of these is answered here, each other one by the server.

use std::{convert::Infallible, net::Ipv4Addr};

use anyhow::Result;
use crdgen_apiserver::{ApiService, Body, Server};
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::{Service as _, service_fn};

/// Serves a cluster on a free port, as long as the runtime is there. Returns its URL.
pub(super) async fn serve() -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = Server::builder().build();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = server.service();
            let service = service_fn(move |request| answer(service.clone(), request));
            tokio::spawn(async move {
                let builder = auto::Builder::new(TokioExecutor::new());
                // A client that closes its connection is not an error.
                let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).await;
            });
        }
    });
    Ok(url)
}

async fn answer<B>(mut server: ApiService, request: Request<B>) -> Result<Response<Body>, Infallible>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if let Some(object) = fixed(request.method(), request.uri().path()) {
        return Ok(json_response(&object));
    }
    server.call(request).await
}

/// What the server does not have.
fn fixed(method: &Method, path: &str) -> Option<Value> {
    let list = |kind: &str, api_version: &str, items: Value| json!({"apiVersion": api_version, "kind": kind, "metadata": {"resourceVersion": "1"}, "items": items});
    match path {
        _ if *method != Method::GET => None,
        "/api/v1/nodes" => Some(list("NodeList", "v1", json!([node()]))),
        "/api/v1/namespaces/default/services/kubernetes" => Some(json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "kubernetes", "namespace": "default", "resourceVersion": "1"},
            "spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": [{"name": "https", "port": 443, "protocol": "TCP"}]},
        })),
        _ if path.starts_with("/api/v1/") && path.ends_with("/pods") => Some(list("PodList", "v1", json!([]))),
        _ if path.starts_with("/apis/apps/v1/") && path.ends_with("/daemonsets") => {
            Some(list("DaemonSetList", "apps/v1", json!([])))
        }
        _ => None,
    }
}

fn node() -> Value {
    json!({
        "metadata": {"name": "node", "resourceVersion": "1"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]},
    })
}

fn json_response(object: &Value) -> Response<Body> {
    let mut response = Response::new(Full::from(object.to_string()).boxed_unsync());
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
