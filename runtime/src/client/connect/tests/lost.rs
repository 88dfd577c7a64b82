//! Connections that die, with and without a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use hyper_util::client::legacy::connect::HttpConnector;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tower::Service;

use super::*;

/// A server without TLS that answers one request on each connection, keeps it open, and closes it as soon as it has read
/// the next one.
async fn server_that_hangs_up() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut buffer = vec![0; 1 << 16];
                let body = r#"{"metadata":{"name":"a","namespace":"default"}}"#;
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                if stream.read(&mut buffer).await.unwrap_or_default() > 0 {
                    count.fetch_add(1, Ordering::Relaxed);
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
                if stream.read(&mut buffer).await.unwrap_or_default() > 0 {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    (url, requests)
}

#[tokio::test]
async fn a_read_whose_connection_is_closed_is_sent_again() {
    let (url, requests) = server_that_hangs_up().await;
    let client = client(Folder::new().kubeconfig(&url, json!({}), &json!({}))).await;
    for _ in 0..6 {
        get(&client).await.unwrap();
    }
    assert_eq!(requests.load(Ordering::Relaxed), 11);
}

#[tokio::test]
async fn a_write_that_may_have_reached_the_server_is_not_sent_again() {
    let (url, requests) = server_that_hangs_up().await;
    let client = client(Folder::new().kubeconfig(&url, json!({}), &json!({}))).await;
    get(&client).await.unwrap();
    let mut object = ConfigMap::default();
    object.metadata.name = Some("a".to_owned());
    let error = client.create(&object).await.unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert_eq!(requests.load(Ordering::Relaxed), 2);
}

/// A way to a server that can be frozen: nothing goes through then, and no connection is closed.
async fn freezable_way_to(server: std::net::SocketAddr) -> (std::net::SocketAddr, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, frozen) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
    let is_frozen = Arc::clone(&frozen);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (from, to) = stream.into_split();
            let (back, forth) = TcpStream::connect(server).await.unwrap().into_split();
            tokio::spawn(forward(from, forth, Arc::clone(&is_frozen)));
            tokio::spawn(forward(back, to, Arc::clone(&is_frozen)));
        }
    });
    (address, frozen)
}

async fn forward(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    frozen: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 1 << 14];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or_default();
        if frozen.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_watch_whose_server_vanishes_without_a_word_ends_within_75_seconds() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), |_| {
        let mut reply =
            Reply::chunks(200, [r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}"#, "\n"]);
        reply.stalls = true;
        reply
    })
    .await;
    let (address, frozen) = freezable_way_to(server.address).await;
    let ca = folder.write("ca.crt", &authority.pem);
    let url = format!("https://{address}");
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &json!({}))).await;
    let mut watch = client.watch(&WatchOptions::default()).await.unwrap();
    watch.next().await.unwrap().unwrap();
    frozen.store(true, Ordering::Relaxed);
    tokio::time::pause();
    let vanished = Instant::now();
    let error = watch.next().await.unwrap().unwrap_err();
    assert!(error.is_transport(), "{error}");
    let (least, most) = (Duration::from_secs(15), Duration::from_secs(75));
    assert!((least..=most).contains(&vanished.elapsed()), "{:?}: {error}", vanished.elapsed());
}

#[tokio::test]
async fn tcp_itself_looks_for_a_peer_that_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connector: HttpConnector = super::super::dial::tcp();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stream = connector.call(url.parse().unwrap()).await.unwrap();
    let socket = SockRef::from(stream.inner());
    assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
    let longest = socket.tcp_keepalive_time().unwrap()
        + socket.tcp_keepalive_interval().unwrap() * socket.tcp_keepalive_retries().unwrap();
    assert_eq!(longest, Duration::from_secs(75));
}
