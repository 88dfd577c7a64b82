//! A client with one connection, the same for both sides.

use std::io::{BufRead, BufReader};

use anyhow::{Context, Result, ensure};
use ureq::{Agent, http, tls::TlsConfig};

use super::subject::Subject;

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
    agent: Agent,
    url: String,
    token: String,
}

impl Client {
    /// A client that has not connected yet.
    pub(super) fn new(subject: &Subject) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .tls_config(TlsConfig::builder().disable_verification(true).build())
            .max_idle_connections_per_host(1)
            .build();
        Self {
            agent: config.into(),
            url: subject.server.url.clone(),
            token: format!("Bearer {}", subject.server.token),
        }
    }

    fn send(&self, method: &str, path: &str, media_type: &str, body: &str) -> Result<http::Response<ureq::Body>> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", &self.token)
            .header("accept", JSON)
            .header("content-type", media_type);
        let response = match body {
            "" => self.agent.run(request.body(())?),
            body => self.agent.run(request.body(body)?),
        };
        let response = response.with_context(|| format!("{method} {path}"))?;
        Ok(response)
    }

    /// The answer to a request that must succeed.
    pub(super) fn ask(&self, method: &str, path: &str, media_type: &str, body: &str) -> Result<Vec<u8>> {
        let mut response = self.send(method, path, media_type, body)?;
        let answer = response.body_mut().with_config().limit(u64::MAX).read_to_vec()?;
        let (status, start) = (response.status(), &answer[..answer.len().min(300)]);
        ensure!(status.is_success(), "{method} {path}: {status} {}", String::from_utf8_lossy(start));
        Ok(answer)
    }

    pub(super) fn get(&self, path: &str) -> Result<Vec<u8>> {
        self.ask("GET", path, JSON, "")
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Result<Vec<u8>> {
        self.ask("POST", path, JSON, body)
    }

    /// Creates an object of YAML.
    pub(super) fn post_yaml(&self, path: &str, body: &str) -> Result<Vec<u8>> {
        self.ask("POST", path, "application/yaml", body)
    }

    /// Installs the definition of databases, if it is not there, and waits until one can be created.
    pub(super) fn define_databases(&self) -> Result<()> {
        self.post_yaml(DEFINITIONS, DATABASES)?;
        // A real server drops and remakes what stores them a little later.
        std::thread::sleep(std::time::Duration::from_secs(1));
        while self.post(&databases("default"), &database("first", 1, "")).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Ok(())
    }

    /// Opens a watch; each line of what is returned is an event.
    pub(super) fn watch(&self, path: &str, version: &str) -> Result<impl BufRead + use<>> {
        let path = format!("{path}?watch=true&resourceVersion={version}");
        let response = self.send("GET", &path, JSON, "")?;
        ensure!(response.status().is_success(), "{path}: {}", response.status());
        let (_, body) = response.into_parts();
        Ok(BufReader::with_capacity(1 << 16, body.into_with_config().limit(u64::MAX).reader()))
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
