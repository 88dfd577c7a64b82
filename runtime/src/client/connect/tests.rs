//! Clients of real servers on loopback ports: certificates, credentials, proxies and connections that die.

mod credentials;
mod lost;
mod plain;
mod proxies;

use std::net::SocketAddr;
use std::path::PathBuf;

use http::Version;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use super::*;
use crate::client::{Client, DeleteOptions, WatchOptions};
use crate::testing::{Authority, Reply, SocketServer, Spans};

/// A configuration file, and a folder for what it names.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A kubeconfig for `server`, whose cluster and user have these members as well.
    fn kubeconfig(&self, server: &str, cluster: Value, user: &Value) -> PathBuf {
        let mut cluster = cluster;
        cluster["server"] = json!(server);
        let text = json!({
            "current-context": "c",
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
            "clusters": [{ "name": "c", "cluster": cluster }],
            "users": [{ "name": "u", "user": user }],
        });
        self.write("kubeconfig", &text.to_string())
    }
}

fn config_map(name: &str) -> Reply {
    Reply::json(200, &json!({ "metadata": { "name": name, "namespace": "default" } }))
}

fn unauthorized() -> Reply {
    Reply::json(401, &json!({ "kind": "Status", "code": 401, "reason": "Unauthorized", "message": "Unauthorized" }))
}

async fn client(kubeconfig: PathBuf) -> Client<ConfigMap> {
    Client::new(connect_with(&kubeconfig).await.unwrap()).namespaced("default")
}

async fn get(client: &Client<ConfigMap>) -> Result<(), String> {
    client.get("a").await.map(drop).map_err(|error| error.to_string())
}

/// An address at which nothing listens, nor can anything as long as the socket is kept.
fn refusing() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

#[tokio::test]
async fn requests_share_a_connection_with_http_2_if_the_server_has_it() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), |_| config_map("a")).await;
    let ca = folder.write("ca.crt", &authority.pem);
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &json!({}))).await;
    for _ in 0..3 {
        get(&client).await.unwrap();
    }
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.version == Version::HTTP_2 && seen.connection == 1), "{seen:?}");
    // What turns into another protocol needs a connection of its own, on which that is possible.
    let upgrade = http::Request::get("/exec").header("connection", "upgrade").header("upgrade", "websocket");
    client.connection().send(upgrade.body(kube::client::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(server.seen()[3].version, Version::HTTP_11);
}

#[tokio::test]
async fn more_watches_than_fit_on_a_connection_open_another_one() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), |seen| {
        let mut reply = if seen.path.contains("watch") { Reply::chunks(200, [""; 0]) } else { config_map("a") };
        reply.stalls = seen.path.contains("watch");
        reply
    })
    .await;
    let ca = folder.write("ca.crt", &authority.pem);
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &json!({}))).await;
    let mut watches = Vec::new();
    for _ in 0..210 {
        watches.push(client.watch(&WatchOptions::default()).await.unwrap());
    }
    get(&client).await.unwrap();
    assert_eq!(server.seen().last().unwrap().connection, 3);
    drop(watches);
    get(&client).await.unwrap();
    assert_eq!(server.seen().last().unwrap().connection, 1, "what has ended makes room");
}

/// What a request to a server at this address says went wrong.
async fn failure(url: &str, cluster: Value) -> String {
    let client = client(Folder::new().kubeconfig(url, cluster, &json!({}))).await;
    get(&client).await.unwrap_err()
}

#[tokio::test]
async fn a_failure_names_the_address_and_all_causes() {
    let (_taken, address) = refusing();
    let url = format!("http://{address}");
    let error = failure(&url, json!({})).await;
    assert!(error.contains(&format!("cannot reach the API server: {url}: ")), "{error}");
    assert!(error.contains("Connection refused"), "{error}");

    let error = failure("https://no-such-host.invalid", json!({})).await;
    assert!(
        error.contains("https://no-such-host.invalid: ") && error.contains("dns error: failed to lookup"),
        "{error}"
    );

    let (authority, other) = (Authority::new("authority"), Authority::new("other"));
    let server = SocketServer::start(Some(authority.acceptor(&["example.com"])), |_| config_map("a")).await;
    let url = format!("https://{}", server.address);
    let folder = Folder::new();
    let unknown = failure(&url, json!({ "certificate-authority": folder.write("other", &other.pem) })).await;
    assert!(unknown.contains(&url) && unknown.contains("invalid peer certificate: UnknownIssuer"), "{unknown}");
    let wrong = failure(&url, json!({ "certificate-authority": folder.write("ca.crt", &authority.pem) })).await;
    assert!(wrong.contains("certificate not valid for name \"127.0.0.1\""), "{wrong}");
    let named =
        json!({ "certificate-authority": folder.write("ca.crt", &authority.pem), "tls-server-name": "example.com" });
    get(&client(folder.kubeconfig(&url, named, &json!({}))).await).await.unwrap();
}

#[tokio::test]
async fn a_request_carries_what_the_program_says_of_the_span_that_it_is_sent_in() {
    let server = SocketServer::start(None, |_| config_map("a")).await;
    let folder = Folder::new();
    let options = ConnectOptions::default()
        .kubeconfig(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &json!({})))
        .trace_context(|| {
            // As if each span had an identifier that is its name.
            let span = tracing::Span::current().metadata().map_or("none", |metadata| metadata.name());
            HeaderMap::from_iter([("traceparent".parse().unwrap(), format!("00-{span}").parse().unwrap())])
        });
    let client = Client::<ConfigMap>::new(options.connect().await.unwrap()).namespaced("default");
    let _spans = Spans::record();
    get(&client).await.unwrap();
    assert_eq!(server.seen()[0].headers["traceparent"], "00-request");
}

#[tokio::test]
async fn requests_are_counted_by_code_method_and_host() {
    let server =
        SocketServer::start(None, |seen| if seen.method == "GET" { config_map("a") } else { unauthorized() }).await;
    let (folder, metrics, (_taken, nobody)) = (Folder::new(), Metrics::new(), refusing());
    let host = server.address;
    for address in [host, nobody] {
        let kubeconfig = folder.kubeconfig(&format!("http://{address}"), json!({}), &json!({}));
        let options = ConnectOptions::default().kubeconfig(kubeconfig).metrics(&metrics);
        let client = Client::<ConfigMap>::new(options.connect().await.unwrap()).namespaced("default");
        assert_eq!(get(&client).await.is_ok(), address == host);
        client.delete("a", &DeleteOptions::default()).await.unwrap_err();
    }
    let text = metrics.encode();
    for line in [
        format!(r#"rest_client_requests_total{{code="200",method="GET",host="{host}"}} 1"#),
        format!(r#"rest_client_requests_total{{code="401",method="DELETE",host="{host}"}} 1"#),
        format!(r#"rest_client_requests_total{{code="<error>",method="GET",host="{nobody}"}} 1"#),
        format!(r#"rest_client_request_duration_seconds_count{{verb="DELETE",host="{host}"}} 1"#),
        format!(r#"rest_client_request_size_bytes_sum{{verb="DELETE",host="{host}"}} 2.0"#),
        format!(r#"rest_client_response_size_bytes_count{{verb="GET",host="{host}"}} 1"#),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}
