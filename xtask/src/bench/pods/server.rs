//! Serves the Pods to those who list them by watching, as kube-apiserver does with `sendInitialEvents`, over plain HTTP.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use anyhow::Result;

use super::sample::{self, Pods};

/// How much is sent at once, in bytes.
const CHUNK: usize = 32 * 1024;

/// What ends the first events of a watch, up to the resource version that it is of.
const END: &str = r#"{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"creationTimestamp":null,"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":""#;

/// Serves so many Pods on a free port of this machine, for as long as this process runs, and returns the URL.
pub(super) fn start(objects: usize) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let events = Arc::new(events(objects)?);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let events = Arc::clone(&events);
            // Clients end their connections whenever they like.
            thread::spawn(move || answer(connection, &events).ok());
        }
    });
    Ok(url)
}

/// The first events of a watch, in chunks of HTTP. They are made once, so that no client waits for them.
fn events(objects: usize) -> Result<Vec<Vec<u8>>> {
    let pods = Pods::new()?;
    let (mut chunks, mut text) = (Vec::new(), String::new());
    for number in 0..objects {
        text.push_str(r#"{"type":"ADDED","object":"#);
        pods.write(number, &mut text);
        text.push_str("}\n");
        if text.len() >= CHUNK {
            chunks.push(chunk(&text));
            text.clear();
        }
    }
    writeln!(text, r#"{END}{}"}},"spec":{{"containers":null}},"status":{{}}}}}}"#, sample::version(objects))?;
    chunks.push(chunk(&text));
    Ok(chunks)
}

fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

/// Answers one request: with all events, or that nothing else is served.
fn answer(connection: TcpStream, events: &[Vec<u8>]) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let mut writer = connection;
    let wanted = ["GET /api/v1/pods?", "watch=true", "sendInitialEvents=true"];
    if !wanted.iter().all(|part| request.contains(part)) {
        eprintln!("refused: {}", request.trim_end());
        return writer.write_all(b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    writer.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    for chunk in events {
        writer.write_all(chunk)?;
    }
    // Nothing changes from here on: the watch lasts until the client ends it.
    io::copy(&mut reader.by_ref(), &mut io::sink())?;
    Ok(())
}
