//! Watches in great number, and watches that nobody reads.

use http::Request;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tower::ServiceExt;

use crate::client::Client;
use crate::memory::{KIB, MIB, Memory};
use crate::port::{Port, rest};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

#[tokio::test]
async fn ten_thousand_watches_cost_little_and_all_get_their_event() {
    const COUNT: usize = 10_000;
    let memory = Memory::bounded(256 * MIB).await;
    let client = Client::new();
    let before = memory.taken();
    let path = format!("{MAPS}?watch=true&fieldSelector=metadata.name%3Dm");
    let mut watches = Vec::new();
    for _ in 0..COUNT {
        watches.push(client.watch(&path).await);
    }
    let each = memory.taken().saturating_sub(before) / COUNT;
    assert!(each <= 8 * KIB, "{each} bytes for each watch");
    assert_eq!(client.post(MAPS, &json!({"metadata": {"name": "m"}})).await.code, 201);
    for watch in &mut watches {
        assert_eq!(watch.next_name().await, ("ADDED".to_owned(), "m".to_owned()));
    }
}

#[tokio::test]
async fn watches_that_are_not_read_share_what_they_start_with() {
    const OBJECTS: usize = 2000;
    const COUNT: usize = 2000;
    let memory = Memory::bounded(256 * MIB).await;
    let client = Client::new();
    for number in 0..OBJECTS {
        client.post(MAPS, &json!({"metadata": {"name": format!("m{number:04}")}})).await;
    }
    let before = memory.taken();
    let service = client.server.service();
    let mut unread = Vec::new();
    for _ in 0..COUNT {
        let request =
            Request::builder().uri(format!("{MAPS}?watch=true")).body(Full::<bytes::Bytes>::default()).unwrap();
        let mut body = service.clone().oneshot(request).await.unwrap().into_body();
        // One piece has been read, so that it is about to send the next.
        body.frame().await.unwrap().unwrap();
        unread.push(body);
    }
    let each = memory.taken().saturating_sub(before) / COUNT;
    assert!(each <= 8 * KIB, "{each} bytes for each watch");
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_nobody_reads_ends_and_its_events_are_not_kept_for_it() {
    const COUNT: usize = 20;
    let memory = Memory::bounded(160 * MIB).await;
    let port = Port::open().await;
    let client = Client::of(port.server.clone());
    let mut unread = Vec::new();
    for _ in 0..COUNT {
        let mut stream = port.send(format!("GET {MAPS}?watch=true HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        unread.push(stream);
    }
    // Much more than the buffers of the connections hold; the history holds it once.
    let large = json!({"metadata": {"name": "m"}, "data": {"a": "x".repeat(900_000)}});
    assert_eq!(client.post(MAPS, &large).await.code, 201);
    for number in 0..40 {
        let label = json!({"metadata": {"labels": {"number": number.to_string()}}});
        assert_eq!(client.merge(&format!("{MAPS}/m"), &label).await.code, 200);
    }
    assert!(memory.taken() < 120 * MIB, "{} bytes", memory.taken());
    // The clock moves on only because every task waits for it. A later read finds what was in the buffers, and no end of it.
    tokio::time::sleep(std::time::Duration::from_mins(2)).await;
    for stream in &mut unread {
        let sent = rest(stream).await;
        assert!(!sent.ends_with("0\r\n\r\n"), "the watch ended as if all was well");
        assert!(sent.matches("\"type\":\"").count() < 41, "everything was sent");
    }
    port.goes_on().await;
}
