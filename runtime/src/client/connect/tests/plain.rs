//! Watches without TLS, each on a connection of its own.

use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::watch::{Event, Watch};

/// A server's end of a watch that is open, whose request has been read.
struct Open {
    stream: TcpStream,
    request: String,
}

impl Open {
    async fn accept(listener: &TcpListener) -> Self {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        Self { stream, request: String::from_utf8(head).unwrap() }
    }

    async fn send(&mut self, names: &[&str]) {
        for name in names {
            let event = json!({ "type": "ADDED", "object": { "metadata": { "name": name } } }).to_string() + "\n";
            let chunk = format!("{:x}\r\n{event}\r\n", event.len());
            self.stream.write_all(chunk.as_bytes()).await.unwrap();
        }
    }
}

async fn watched() -> (Open, Watch<ConfigMap>, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(Folder::new().kubeconfig(&url, json!({}), &json!({}))).await;
    let options = WatchOptions::default();
    let (open, events) = tokio::join!(Open::accept(&listener), client.watch(&options));
    (open, events.unwrap(), listener)
}

async fn next(events: &mut Watch<ConfigMap>) -> String {
    match events.next().await.unwrap() {
        Ok(Event::Added(object)) => object.unwrap().metadata.name.clone().unwrap(),
        Ok(event) => panic!("{event:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn events_arrive_at_once_or_later_and_the_end_is_an_end() {
    let (mut open, mut events, listener) = watched().await;
    let (line, host) = (
        "GET /api/v1/namespaces/default/configmaps?watch=true",
        format!("\r\nhost: {}\r\n", listener.local_addr().unwrap()),
    );
    assert!(open.request.starts_with(line), "{}", open.request);
    assert!(open.request.contains(&host), "{}", open.request);
    open.send(&["a", "b", "c"]).await;
    assert_eq!([next(&mut events).await, next(&mut events).await, next(&mut events).await], ["a", "b", "c"]);
    let ((), later) = tokio::join!(open.send(&["d"]), next(&mut events));
    assert_eq!(later, "d");
    open.stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_watch_that_is_cut_says_so() {
    let (mut open, mut events, _listener) = watched().await;
    open.send(&["a"]).await;
    open.stream.write_all(b"100\r\n{\"type\":").await.unwrap();
    drop(open);
    assert_eq!(next(&mut events).await, "a");
    let error = events.next().await.unwrap().unwrap_err();
    assert!(error.is_transport(), "{error}");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_watch_that_is_dropped_closes_its_connection_and_no_other() {
    let (mut open, events, listener) = watched().await;
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(Folder::new().kubeconfig(&url, json!({}), &json!({}))).await;
    let options = WatchOptions::default();
    let (mut other, others) = tokio::join!(Open::accept(&listener), client.watch(&options));
    drop(events);
    assert_eq!(open.stream.read(&mut [0]).await.unwrap_or_default(), 0, "closed");
    other.send(&["a"]).await;
    assert_eq!(next(&mut others.unwrap()).await, "a");
}
