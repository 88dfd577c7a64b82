//! The server on a port.

use std::net::Ipv4Addr;

use crdgen_apiserver::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(address: std::net::SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_port_is_served_until_shutdown_which_ends_running_watches() {
    let handle = Server::builder().build().serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let mut answer = String::new();
    get(handle.address(), "/healthz").await.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    let mut watch = get(handle.address(), "/api/v1/namespaces?watch=true").await;
    let mut first = [0; 12];
    watch.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let address = handle.address();
    handle.shutdown().await;
    watch.read_to_end(&mut Vec::new()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_clients_that_never_finish() {
    let handle = Server::builder().build().serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let mut upload = TcpStream::connect(handle.address()).await.unwrap();
    let request = "POST /api/v1/namespaces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    upload.write_all(request.as_bytes()).await.unwrap();
    // A second request shows that the first one has been taken up.
    get(handle.address(), "/healthz").await.read_to_end(&mut Vec::new()).await.unwrap();
    handle.shutdown().await;
    upload.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_kubeconfig_names_the_server_the_token_and_the_authority() {
    let server = Server::builder().token("t").tls().build();
    let handle = server.serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let config: serde_json::Value = serde_json::from_str(&handle.kubeconfig()).unwrap();
    assert_eq!(config["clusters"][0]["cluster"]["server"], format!("https://{}", handle.address()));
    assert_ne!(config["clusters"][0]["cluster"]["certificate-authority-data"], serde_json::Value::Null);
    assert_eq!(config["users"][0]["user"]["token"], "t");
}

#[tokio::test]
async fn the_service_of_the_server_points_to_its_port() {
    let handle = Server::builder().build().serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let mut answer = String::new();
    let path = "/api/v1/namespaces/default/services/kubernetes";
    get(handle.address(), path).await.read_to_string(&mut answer).await.unwrap();
    let port = handle.address().port();
    assert!(answer.contains(&format!("\"targetPort\":{port}")), "{answer}");
    handle.shutdown().await;
}
