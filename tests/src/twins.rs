//! The same requests to two servers, and their answers in a form in which they can be compared.

use std::collections::BTreeMap;

use anyhow::Result;
use kube::client::Body;
use serde_json::{Map, Value};

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
}

/// A server, and what is known of its answers so far.
pub struct Twin {
    client: kube::Client,
    uids: BTreeMap<String, usize>,
}

impl Twin {
    /// A server that nobody has asked yet.
    pub fn new(client: kube::Client) -> Self {
        Self { client, uids: BTreeMap::new() }
    }

    /// Sends a request. Returns the status and the body, in which what differs from server to server has a fixed text. Warnings stand
    /// beside the body.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn send(&mut self, request: &Request) -> Result<(u16, Value)> {
        let body = if request.body.is_null() { Vec::new() } else { serde_json::to_vec(&request.body)? };
        let http = http::Request::builder().method(request.method).uri(&request.path);
        let http = http.header("content-type", request.media_type).header("user-agent", "twins/1");
        let response = self.client.send(http.body(Body::from(body))?).await?;
        let status = response.status().as_u16();
        let warnings = response.headers().get_all("warning").iter();
        let mut warnings: Vec<String> =
            warnings.map(|warning| String::from_utf8_lossy(warning.as_bytes()).into_owned()).collect();
        warnings.sort();
        let bytes = response.into_body().collect_bytes().await?;
        let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
        let mut body = self.normal(serde_json::from_slice(&bytes).unwrap_or_else(|_| text()));
        if let (false, Some(members)) = (warnings.is_empty(), body.as_object_mut()) {
            members.insert("<warnings>".to_owned(), Value::from(warnings));
        }
        Ok((status, body))
    }

    fn normal(&mut self, value: Value) -> Value {
        match value {
            Value::Object(members) => members.into_iter().map(|(name, value)| self.member(name, value)).collect(),
            Value::Array(items) => items.into_iter().map(|item| self.normal(item)).collect(),
            // Jobs are labelled with their uids.
            Value::String(text) if is_uid(&text) => {
                let next = self.uids.len();
                Value::from(format!("<uid {}>", self.uids.entry(text).or_insert(next)))
            }
            scalar => scalar,
        }
    }

    fn member(&mut self, name: String, value: Value) -> (String, Value) {
        let value = match (name.as_str(), value) {
            ("resourceVersion", Value::String(_)) => Value::from("<version>"),
            ("time" | "creationTimestamp" | "deletionTimestamp", Value::String(text)) if text.as_str() > "2021" => {
                Value::from("<time>")
            }
            ("uid", Value::String(uid)) if uid.len() == 36 && !uid.starts_with("1111") => {
                let next = self.uids.len();
                Value::from(format!("<uid {}>", self.uids.entry(uid).or_insert(next)))
            }
            // Services get addresses and ports at random.
            ("clusterIP", Value::String(ip)) if ip.starts_with("10.0.0.") => Value::from("<address>"),
            ("clusterIPs", Value::Array(ips))
                if ips.iter().any(|ip| ip.as_str().is_some_and(|ip| ip.starts_with("10.0.0."))) =>
            {
                Value::from("<addresses>")
            }
            ("nodePort" | "healthCheckNodePort", Value::Number(port)) if port.as_i64() > Some(29_999) => {
                Value::from("<port>")
            }
            ("lastTransitionTime", Value::String(text)) if text.as_str() > "2021" => Value::from("<time>"),
            ("managedFields" | "causes", Value::Array(items)) => {
                sorted(items.into_iter().map(|item| self.normal(item)))
            }
            ("message", Value::String(text)) => Value::from(self.message(text)),
            (_, value) => self.normal(value),
        };
        (name, value)
    }

    /// A message in which parts that come in a random order are sorted.
    fn message(&self, mut text: String) -> String {
        for (uid, number) in &self.uids {
            text = text.replace(uid, &format!("<uid {number}>"));
        }
        for start in [r#"\"resourceVersion\":\""#, r#"\"time\":\""#, r#"\"creationTimestamp\":\""#] {
            text = hidden(&text, start);
        }
        if let Some((head, causes)) = text.split_once("is invalid: [") {
            let mut causes: Vec<&str> = causes.trim_end_matches(']').split(", ").collect();
            causes.sort_unstable();
            return format!("{head}is invalid: [{}]", causes.join(", "));
        }
        if text.contains("errors:\n") {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            return lines.join("\n");
        }
        text
    }
}

/// The text with `<>` for what stands between a start and the next quotation mark.
fn hidden(text: &str, start: &str) -> String {
    let mut parts = text.split(start);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find('\\').map_or("", |end| &part[end..]);
        out.extend([start, "<>", rest]);
    }
    out
}

fn is_uid(text: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if is_dash(at) { byte == b'-' } else { is_digit(byte) })
}

fn sorted(items: impl Iterator<Item = Value>) -> Value {
    let mut items: Vec<Value> = items.collect();
    items.sort_by_key(|item| {
        let empty = Map::new();
        let members = item.as_object().unwrap_or(&empty);
        let of = |name: &str| members.get(name).map(Value::to_string);
        (of("operation"), of("manager"), of("subresource"), of("apiVersion"), item.to_string())
    });
    Value::Array(items)
}
