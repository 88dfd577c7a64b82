//! Bodies that are too large, too slow, too deep, or broken.

use std::convert::Infallible;
use std::fmt::Write;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::Request;
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant};
use tower::ServiceExt;

use crate::client::{CRDS, Client, THINGS};
use crate::memory::{MIB, Memory};
use crate::port::{Port, rest};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// The start of the answer to a body of 100 megabytes that is sent after this header.
async fn answer_to_much(port: &Port, length: &str, chunked: bool) -> String {
    let stream = TcpStream::connect(port.address()).await.unwrap();
    let (mut reads, mut writes) = stream.into_split();
    let head = format!("POST {MAPS} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n{length}\r\n\r\n");
    let sent = tokio::spawn(async move {
        writes.write_all(head.as_bytes()).await?;
        let piece = vec![b' '; MIB];
        for _ in 0..100 {
            if chunked {
                writes.write_all(b"100000\r\n").await?;
            }
            writes.write_all(&piece).await?;
            if chunked {
                writes.write_all(b"\r\n").await?;
            }
        }
        std::io::Result::Ok(())
    });
    let mut answer = vec![0; 12];
    let read = tokio::io::AsyncReadExt::read_exact(&mut reads, &mut answer).await;
    drop(reads);
    // The server closes the connection instead of reading all of it.
    assert!(sent.await.unwrap().is_err(), "all of it was read");
    if read.is_ok() { String::from_utf8(answer).unwrap() } else { String::new() }
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_without_being_read() {
    let _memory = Memory::bounded(32 * MIB).await;
    let port = Port::open().await;
    for (length, chunked) in [("Content-Length: 104857600", false), ("Transfer-Encoding: chunked", true)] {
        let answer = answer_to_much(&port, length, chunked).await;
        // A connection that is closed while the client still writes may lose the answer.
        assert!(["HTTP/1.1 413", ""].contains(&answer.as_str()), "{length}: {answer}");
        port.goes_on().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let before = Instant::now();
    let answer = port.answer(format!("POST {MAPS} HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{{")).await;
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(before.elapsed() >= Duration::from_mins(1));
    port.goes_on().await;
}

#[tokio::test]
async fn bodies_that_never_end_take_no_more_than_a_bounded_part_together() {
    const COUNT: usize = 100;
    let memory = Memory::bounded(256 * MIB).await;
    let client = Client::new();
    let mut requests = Vec::new();
    let mut refused = 0;
    for _ in 0..COUNT {
        let piece = || stream::once(async { Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b' '; MIB]))) });
        let endless = StreamBody::new(piece().chain(piece()).chain(stream::pending()).boxed());
        let request = Request::post(MAPS).body(endless).unwrap();
        let mut request = Box::pin(client.server.service().oneshot(request));
        match futures::poll!(&mut request) {
            std::task::Poll::Ready(answer) => {
                assert_eq!(answer.unwrap().status(), 429);
                refused += 1;
            }
            std::task::Poll::Pending => requests.push(request),
        }
    }
    assert!(refused > 0 && memory.taken() < 200 * MIB, "{refused} refused, {} bytes", memory.taken());
    let small = client.post(MAPS, &json!({"metadata": {"name": "a"}})).await;
    assert_eq!(small.code, 201, "{}", small.body);
    drop(requests);
    let large = json!({"metadata": {"name": "b"}, "data": {"a": "x".repeat(900_000)}});
    assert_eq!(client.post(MAPS, &large).await.code, 201);
}

#[tokio::test]
async fn values_within_values_are_refused_at_some_depth() {
    const COUNT: usize = 500_000;
    let _memory = Memory::bounded(512 * MIB).await;
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    client.post(MAPS, &json!({"metadata": {"name": "a"}})).await;
    let open = [
        "[".repeat(COUNT),
        "{\"a\":".repeat(COUNT),
        format!("{{\"spec\":{}{}}}", "[".repeat(COUNT), "]".repeat(COUNT)),
        format!("{{\"metadata\":{}1{}}}", "{\"a\":".repeat(9_000), "}".repeat(9_000)),
        format!("[{{\"op\":\"add\",\"path\":\"/spec\",\"value\":{}{}}}]", "[".repeat(9_000), "]".repeat(9_000)),
        format!("{}a", "- ".repeat(COUNT)),
        format!("{}a", "a: &a ".repeat(COUNT)),
    ];
    for text in &open {
        for (method, path, kind) in [
            ("POST", MAPS.to_owned(), "application/json"),
            ("POST", THINGS.to_owned(), "application/json"),
            ("POST", CRDS.to_owned(), "application/json"),
            ("POST", MAPS.to_owned(), "application/yaml"),
            ("POST", THINGS.to_owned(), "application/yaml"),
            ("DELETE", format!("{MAPS}/a"), "application/json"),
            ("PATCH", format!("{MAPS}/a"), "application/merge-patch+json"),
            ("PATCH", format!("{MAPS}/a"), "application/strategic-merge-patch+json"),
            ("PATCH", format!("{MAPS}/a"), "application/json-patch+json"),
            ("PATCH", format!("{MAPS}/a?fieldManager=m"), "application/apply-patch+yaml"),
            ("PATCH", format!("{THINGS}/a"), "application/merge-patch+json"),
            ("PATCH", format!("{THINGS}/a"), "application/json-patch+json"),
            ("PATCH", format!("{THINGS}/a?fieldManager=m"), "application/apply-patch+yaml"),
        ] {
            let answer = client.send(method, &path, &[("content-type", kind)], text.clone().into_bytes()).await;
            let shown: String = text.chars().take(20).collect();
            assert!((400..500).contains(&answer.code), "{method} {path} {kind} {shown}: {}", answer.code);
        }
    }
    assert_eq!(client.get(&format!("{MAPS}/a")).await.code, 200);
}

#[tokio::test]
async fn a_value_that_grows_when_it_is_read_is_refused() {
    let _memory = Memory::bounded(512 * MIB).await;
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        writeln!(laughs, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(", ")).unwrap();
    }
    let copies: Vec<_> = (0..1000).map(|_| json!({"op": "copy", "from": "/spec", "path": "/spec/x"})).collect();
    for (method, path, kind, body) in [
        ("POST", THINGS.to_owned(), "application/yaml", laughs.clone()),
        ("PATCH", format!("{THINGS}/a?fieldManager=m"), "application/apply-patch+yaml", laughs),
        ("PATCH", format!("{THINGS}/a"), "application/json-patch+json", json!(copies).to_string()),
    ] {
        let answer = client.send(method, &path, &[("content-type", kind)], body.into_bytes()).await;
        assert!((400..500).contains(&answer.code), "{kind}: {}", answer.code);
    }
}

/// A field of a message in protobuf whose value has a length.
fn field(number: u64, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len() + 12);
    for mut rest in [number << 3 | 2, value.len() as u64] {
        while rest > 0x7f {
            bytes.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
            rest >>= 7;
        }
        bytes.push(u8::try_from(rest).unwrap());
    }
    bytes.extend(value);
    bytes
}

fn envelope(version: &str, kind: &str, message: &[u8]) -> Vec<u8> {
    let kind = [field(1, version.as_bytes()), field(2, kind.as_bytes())].concat();
    [b"k8s\0".to_vec(), field(1, &kind), field(2, message)].concat()
}

#[tokio::test]
async fn protobuf_that_is_broken_in_any_way_is_refused_or_stored() {
    let _memory = Memory::bounded(256 * MIB).await;
    let client = Client::new();
    let metadata = [field(1, b"m"), field(11, &[field(1, b"k"), field(2, b"v")].concat())].concat();
    let map = [field(1, &metadata), field(2, &[field(1, b"k"), field(2, b"v")].concat())].concat();
    let whole = envelope("v1", "ConfigMap", &map);
    let mut random = fastrand::Rng::with_seed(1);
    let mut stored = 0;
    for _ in 0..5000 {
        let mut body = whole.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(4..body.len());
            match random.u8(0..4) {
                0 => body[at] = random.u8(..),
                1 => body.truncate(at),
                2 => body.insert(at, random.u8(..)),
                _ => drop(body.splice(at..at, [0xff; 9])),
            }
            if body.len() <= 4 {
                break;
            }
        }
        let answer = client.send("POST", MAPS, &[("content-type", PROTOBUF)], body).await;
        assert!(answer.code == 201 || (400..500).contains(&answer.code), "{}: {}", answer.code, answer.body);
        stored += usize::from(answer.code == 201);
    }
    assert!(stored < 5000);
}

#[tokio::test]
async fn protobuf_within_protobuf_is_refused_at_some_depth() {
    let _memory = Memory::bounded(512 * MIB).await;
    let client = Client::new();
    // A schema of a definition may hold another one: `not`.
    let mut schema = field(5, b"object");
    while schema.len() < 100_000 {
        schema = field(28, &schema);
    }
    let version = [field(1, b"v1"), field(4, &field(1, &schema))].concat();
    let definition = [field(1, &field(1, b"things.example.com")), field(2, &field(7, &version))].concat();
    let body = envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", &definition);
    let answer = client.send("POST", CRDS, &[("content-type", PROTOBUF)], body).await;
    assert!((400..500).contains(&answer.code), "{}", answer.code);
    // A length that nothing follows.
    let mut long = b"k8s\0\x12".to_vec();
    long.extend([0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(client.send("POST", MAPS, &[("content-type", PROTOBUF)], long).await.code, 400);
}

#[tokio::test]
async fn a_request_that_ends_in_the_middle_is_nobody_elses_trouble() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    for head in
        ["POST", "POST /api/v1", "POST /api/v1/namespaces HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{\"a\""]
    {
        let mut stream = port.send(head).await;
        stream.shutdown().await.unwrap();
        rest(&mut stream).await;
        port.goes_on().await;
    }
}
