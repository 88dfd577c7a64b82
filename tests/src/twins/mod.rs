//! The same requests to two servers, and their answers in a form in which they can be compared.
//!
//! `normal` gives texts that a server chooses fixed names, `difference` compares two answers, `known` has the differences that have a
//! reason, and `run` sends the requests of many seeds.

mod difference;
mod known;
mod normal;
pub mod run;

use anyhow::Result;
use kube::client::Body;
use serde_json::Value;

pub use difference::Place;
pub use known::Known;
use normal::Names;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path with the query.
    pub path: String,
    /// The media type of the body.
    pub media_type: &'static str,
    /// The body; null if there is none.
    pub body: Value,
    /// The media type that is asked for.
    pub accept: &'static str,
}

/// A server's answer, made comparable.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, with warnings beside its members.
    pub body: Value,
}

impl Request {
    /// A request that asks for JSON.
    pub fn new(method: &'static str, path: String, media_type: &'static str, body: Value) -> Self {
        Self { method, path, media_type, body, accept: "application/json" }
    }
}

/// A server, and what is known of its answers so far.
pub struct Twin {
    client: kube::Client,
    names: Names,
}

impl Twin {
    /// A server that nobody has asked yet.
    pub fn new(client: kube::Client) -> Self {
        Self { client, names: Names::default() }
    }

    /// From here on both servers' choices have the same names again, though one has answered otherwise than the other.
    pub fn align(&mut self, other: &mut Self) {
        self.names.align(&mut other.names);
    }

    /// Sends a request, in which names such as `<uid 3>` stand for what this server chose. Returns the answer, in which what differs from
    /// server to server has such a name.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn send(&mut self, request: &Request) -> Result<Answer> {
        let body =
            if request.body.is_null() { Vec::new() } else { serde_json::to_vec(&self.names.own(&request.body))? };
        // A name stays where this server has nothing of that name, because it has answered otherwise before.
        let path = self.names.own_text(&request.path).replace('<', "%3C").replace('>', "%3E").replace(' ', "%20");
        let http = http::Request::builder().method(request.method).uri(path);
        let http = http.header("content-type", request.media_type).header("accept", request.accept);
        let response = self.client.send(http.header("user-agent", "twins/1").body(Body::from(body))?).await?;
        let status = response.status().as_u16();
        let warnings = response.headers().get_all("warning").iter();
        let mut warnings: Vec<String> =
            warnings.map(|warning| String::from_utf8_lossy(warning.as_bytes()).into_owned()).collect();
        warnings.sort();
        let bytes = response.into_body().collect_bytes().await?;
        let body = if request.path.contains("watch=") { events(&bytes) } else { None };
        let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
        let body = body.unwrap_or_else(|| serde_json::from_slice(&bytes).unwrap_or_else(|_| text()));
        let mut body = self.names.normal(body);
        if let (false, Some(members)) = (warnings.is_empty(), body.as_object_mut()) {
            members.insert("<warnings>".to_owned(), Value::from(warnings));
        }
        Ok(Answer { status, body })
    }
}

/// The events of a watch; none if the watch was refused. Of bookmarks only the one that ends the initial events has its time.
fn events(bytes: &[u8]) -> Option<Value> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let events: Vec<Value> = lines.map(|line| serde_json::from_slice(line).ok()).collect::<Option<_>>()?;
    if events.iter().any(|event| event["type"].is_null()) {
        return None;
    }
    let is_timed = |event: &Value| {
        event["type"] != "BOOKMARK"
            || !event["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"].is_null()
    };
    Some(events.into_iter().filter(is_timed).collect())
}
