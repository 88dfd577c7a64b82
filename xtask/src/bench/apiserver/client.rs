//! A client with one connection, the same for both sides.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use super::{connection::Connection, subject::Subject};

/// Where definitions are.
pub(super) const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/// The definition of databases.
pub(super) const DATABASES: &str = include_str!("../../../../fixtures/crds/example.com/databases.yaml");

const JSON: &str = "application/json";

/// Where the databases of a namespace are.
pub(super) fn databases(namespace: &str) -> String {
    format!("/apis/example.com/v1alpha1/namespaces/{namespace}/databases")
}

/// A database, of 320 bytes or a little more.
pub(super) fn database(name: &str, size: usize, version: &str) -> String {
    let version = if version.is_empty() { String::new() } else { format!(r#","resourceVersion":"{version}""#) };
    format!(
        r#"{{"apiVersion":"example.com/v1alpha1","kind":"Database","metadata":{{"name":"{name}"{version},"labels":{{"app":"bench","tier":"data"}}}},"spec":{{"engine":"PostgreSQL","version":"16.3","storageSize":"{size}Gi","username":"admin","passwordSecretRef":{{"name":"creds","key":"password"}},"backupPolicy":{{"enabled":true,"schedule":"0 3 * * *"}}}}}}"#
    )
}

/// A client of one server.
pub(super) struct Client {
    runtime: Runtime,
    connection: Connection,
    address: Address,
}

/// Where a server is, and what it wants to be shown.
#[derive(Clone)]
struct Address {
    url: String,
    token: String,
}

impl Client {
    /// A client that has not connected yet.
    pub(super) fn new(subject: &Subject) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let token = format!("Bearer {}", subject.server.token);
        let address = Address { url: subject.server.url.clone(), token };
        Ok(Self { runtime, connection: Connection::default(), address })
    }

    /// The answer to a request that must succeed.
    pub(super) fn ask(&mut self, method: &str, path: &str, media_type: &str, body: &str) -> Result<Bytes> {
        let request = self.address.request(method, path, media_type, body)?;
        let (status, answer) = self.runtime.block_on(async {
            let response = self.connection.send(&self.address.url, request).await?;
            let status = response.status();
            anyhow::Ok((status, response.into_body().collect().await?.to_bytes()))
        })?;
        let start = &answer[..answer.len().min(300)];
        ensure!(status.is_success(), "{method} {path}: {status} {}", String::from_utf8_lossy(start));
        Ok(answer)
    }

    pub(super) fn get(&mut self, path: &str) -> Result<Bytes> {
        self.ask("GET", path, JSON, "")
    }

    pub(super) fn post(&mut self, path: &str, body: &str) -> Result<Bytes> {
        self.ask("POST", path, JSON, body)
    }

    /// Creates an object of YAML.
    pub(super) fn post_yaml(&mut self, path: &str, body: &str) -> Result<Bytes> {
        self.ask("POST", path, "application/yaml", body)
    }

    /// Installs the definition of databases, if it is not there, and waits until one can be created.
    pub(super) fn define_databases(&mut self) -> Result<()> {
        self.post_yaml(DEFINITIONS, DATABASES)?;
        // A real server drops and remakes what stores them a little later.
        thread::sleep(std::time::Duration::from_secs(1));
        while self.post(&databases("default"), &database("first", 1, "")).is_err() {
            thread::sleep(std::time::Duration::from_millis(50));
        }
        Ok(())
    }

    /// Opens so many watches, each with a connection of its own, on one thread that ends with the server. They count the events
    /// that they get all together.
    pub(super) fn watch(&self, path: &str, version: &str, watches: usize) -> Result<Arc<AtomicUsize>> {
        let events = Arc::new(AtomicUsize::new(0));
        let path = format!("{path}?watch=true&resourceVersion={version}");
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut running = JoinSet::new();
        for _ in 0..watches {
            let request = self.address.request("GET", &path, JSON, "")?;
            let mut connection = Connection::default();
            let response = runtime.block_on(connection.send(&self.address.url, request))?;
            ensure!(response.status().is_success(), "{path}: {}", response.status());
            running.spawn_on(count(connection, response.into_body(), events.clone()), runtime.handle());
        }
        thread::spawn(move || runtime.block_on(running.join_all()));
        Ok(events)
    }
}

/// Counts the events of a watch, which are lines.
async fn count(_connection: Connection, mut watch: hyper::body::Incoming, events: Arc<AtomicUsize>) {
    while let Some(Ok(frame)) = watch.frame().await {
        let lines = frame.data_ref().map_or(0, |data| data.split(|byte| *byte == b'\n').count() - 1);
        events.fetch_add(lines, Ordering::Relaxed);
    }
}

impl Address {
    fn request(&self, method: &str, path: &str, media_type: &str, body: &str) -> Result<Request<Full<Bytes>>> {
        let host = self.url.trim_start_matches("https://");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("authorization", &self.token)
            .header("accept", JSON)
            .header("content-type", media_type);
        Ok(request.body(Full::new(Bytes::copy_from_slice(body.as_bytes())))?)
    }
}

/// The resource version of an object or an empty list.
pub(super) fn version(answer: &[u8]) -> Result<String> {
    text_of(answer, "resourceVersion").context("no resource version")
}

/// The text of a member of the metadata, which stands at the start or at the end. Reading the whole answer would measure the client.
pub(super) fn text_of(answer: &[u8], name: &str) -> Option<String> {
    const FAR: usize = 1000;
    let start = format!("\"{name}\":\"");
    let within = |part: &[u8]| {
        let at = part.windows(start.len()).position(|window| window == start.as_bytes())? + start.len();
        let length = part[at..].iter().position(|byte| *byte == b'"')?;
        String::from_utf8(part[at..at + length].to_vec()).ok()
    };
    let (first, last) = (answer.len().min(FAR), answer.len().saturating_sub(FAR));
    within(&answer[..first]).or_else(|| within(&answer[last..]))
}
