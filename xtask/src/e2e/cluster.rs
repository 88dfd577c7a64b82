//! The embedded server with what the suite expects of a cluster: a node that is ready, no pods and daemon sets, the service of the
//! API server; and in each new namespace a service account and a config map, which kube-controller-manager makes.
//!
//! A request that is about one of these is answered here, each other one by the server.

use std::{convert::Infallible, net::Ipv4Addr};

use anyhow::Result;
use bytes::Bytes;
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
use tower::{Service as _, ServiceExt as _, service_fn};

/// The path of namespaces.
const NAMESPACES: &str = "/api/v1/namespaces";

/// Serves a cluster on a free port, as long as the runtime is there. Returns its URL.
pub(super) async fn serve() -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = Server::builder().build();
    for namespace in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        furnish(&server.service(), namespace).await?;
    }
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
    let makes_namespace = request.method() == Method::POST && request.uri().path() == NAMESPACES;
    let response = server.call(request).await?;
    if !makes_namespace || !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    let made: Value = serde_json::from_slice(&body).unwrap_or_default();
    furnish(&server, made["metadata"]["name"].as_str().unwrap_or_default()).await?;
    Ok(Response::from_parts(parts, Full::new(body).boxed_unsync()))
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

/// Makes what kube-controller-manager makes in a namespace. What is there already stays as it is.
async fn furnish(server: &ApiService, namespace: &str) -> Result<(), Infallible> {
    let made = [("serviceaccounts", "ServiceAccount", "default"), ("configmaps", "ConfigMap", "kube-root-ca.crt")];
    for (plural, kind, name) in made {
        let object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}});
        let body: Full<Bytes> = Full::from(object.to_string());
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        if let Ok(uri) = format!("{NAMESPACES}/{namespace}/{plural}").parse() {
            *request.uri_mut() = uri;
        }
        request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        server.clone().oneshot(request).await?;
    }
    Ok(())
}
