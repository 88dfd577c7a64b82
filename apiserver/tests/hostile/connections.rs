//! Connections that are slow, silent, many, or say too much.

use std::fmt::Write;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant, sleep};

use crate::memory::{KIB, MIB, Memory};
use crate::port::{Port, rest};

const HELLO: &str = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_is_closed() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    for beginning in ["", "G", "PRI * HT"] {
        let before = Instant::now();
        rest(&mut port.send(beginning).await).await;
        assert!(before.elapsed() >= Duration::from_secs(30), "{beginning:?} is closed too early");
    }
    port.goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn headers_that_come_slowly_do_not_come_forever() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let stream = port.send("GET /healthz HTTP/1.1\r\nHost: h\r\n").await;
    let (mut reads, mut writes) = stream.into_split();
    let drip = tokio::spawn(async move {
        // Ends when the server has closed the connection.
        while writes.write_all(b"X-A: b\r\n").await.is_ok() {
            sleep(Duration::from_secs(5)).await;
        }
    });
    let before = Instant::now();
    let mut answer = Vec::new();
    let _ = reads.read_to_end(&mut answer).await;
    assert!(before.elapsed() >= Duration::from_mins(1), "closed after {:?}", before.elapsed());
    drip.await.unwrap();
    port.goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_of_http2_that_answers_no_ping_is_gone() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let opening = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings].concat();
    rest(&mut port.send(opening).await).await;
    port.goes_on().await;
}

#[tokio::test]
async fn a_thousand_idle_connections_cost_little() {
    const COUNT: usize = 1000;
    let memory = Memory::bounded(256 * MIB).await;
    let port = Port::open().await;
    port.goes_on().await;
    let before = memory.taken();
    let mut idle: Vec<TcpStream> = Vec::new();
    for _ in 0..COUNT {
        let mut stream = port.send(HELLO).await;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        idle.push(stream);
    }
    let each = memory.taken().saturating_sub(before) / COUNT;
    assert!(each <= 64 * KIB, "{each} bytes for each connection");
    port.goes_on().await;
}

#[tokio::test]
async fn requests_that_do_not_wait_for_answers_are_answered_in_order() {
    const COUNT: usize = 1000;
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let mut requests = String::new();
    for number in 0..COUNT {
        write!(requests, "GET /api/v1/namespaces/none-{number} HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    }
    requests.push_str("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    let stream = TcpStream::connect(port.address()).await.unwrap();
    let (mut reads, mut writes) = stream.into_split();
    // Whoever stops sending is taken for gone.
    let sent = tokio::spawn(async move { writes.write_all(requests.as_bytes()).await.map(|()| writes) });
    let mut bytes = Vec::new();
    reads.read_to_end(&mut bytes).await.unwrap();
    sent.await.unwrap().unwrap();
    let answers = String::from_utf8(bytes).unwrap();
    let mut places = (0..COUNT).map(|number| answers.find(&format!("\\\"none-{number}\\\" not found")).unwrap());
    let first = places.next().unwrap();
    places.fold(first, |last, next| {
        assert!(last < next);
        next
    });
    assert!(answers.ends_with("ok"), "{}", &answers[answers.len() - 400..]);
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let long = "x".repeat(2 * MIB);
    let many = "X-A: b\r\n".repeat(100_000);
    for (head, codes) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: h\r\n\r\n"), ["414", "431"]),
        (format!("GET / HTTP/1.1\r\nHost: h\r\nX-A: {long}\r\n\r\n"), ["431", "431"]),
        (format!("GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n"), ["431", "431"]),
    ] {
        let stream = TcpStream::connect(port.address()).await.unwrap();
        let (mut reads, mut writes) = stream.into_split();
        // The server may have closed the connection before it has been sent all of this.
        let sent = tokio::spawn(async move { writes.write_all(head.as_bytes()).await });
        let mut answer = [0; 12];
        if reads.read_exact(&mut answer).await.is_ok() {
            let code = String::from_utf8_lossy(&answer[9..]).into_owned();
            assert!(codes.contains(&code.as_str()), "{code}");
        }
        let _ = sent.await.unwrap();
    }
    port.goes_on().await;
}

#[tokio::test]
async fn lengths_that_are_wrong_harm_nobody_else() {
    let _memory = Memory::bounded(64 * MIB).await;
    let port = Port::open().await;
    let start = "POST /api/v1/namespaces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    for (rest_of_it, code) in [
        // What comes after the body is read as the next request, and is none.
        ("Content-Length: 2\r\n\r\n{}}}}}\r\n\r\n", Some("400")),
        ("Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}    ", Some("400")),
        ("Content-Length: -1\r\n\r\n{}", Some("400")),
        ("Content-Length: 99999999999999999999\r\n\r\n{}", Some("400")),
        ("Content-Length: 9223372036854775807\r\n\r\n{}", Some("413")),
        ("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}", None),
        ("Transfer-Encoding: chunked\r\n\r\nx\r\n{}", None),
        ("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\nnonsense\r\n\r\n", Some("400")),
        ("Content-Encoding: gzip\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", Some("422")),
    ] {
        let answer = port.answer(format!("{start}{rest_of_it}")).await;
        if let Some(code) = code {
            assert!(answer.contains(&format!("HTTP/1.1 {code}")), "{rest_of_it:?}: {answer}");
        }
        assert!(!answer.contains("HTTP/1.1 201"), "{rest_of_it:?}: {answer}");
        port.goes_on().await;
    }
}
