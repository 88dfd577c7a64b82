//! One request, read but not judged: method, path, query, headers and the whole body.
//!
//! In: an HTTP request. Out: [`Request`], and the parts of it in Kubernetes' terms: [`path::Route`],
//! [`query::Query`], [`accept::Accept`], the options of lists, writes and deletions.

pub(crate) mod accept;
pub(crate) mod body;
pub(crate) mod budget;
pub(crate) mod delete_options;
pub(crate) mod duplicates;
pub(crate) mod info;
pub(crate) mod list_options;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod write_options;

use bytes::Bytes;
use http::{HeaderMap, Method, header};

use query::Query;

/// A request as it came in.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As sent, percent-encoded, without the query.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// A header's text; nothing if it is absent or not text.
    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type of the body, lowercased, without parameters.
    pub(crate) fn content_type(&self) -> Option<String> {
        let text = self.header(header::CONTENT_TYPE)?;
        Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
    }

    /// Who writes, if the options do not say: the user agent up to its first slash, 128 bytes at most.
    pub(crate) fn default_manager(&self) -> String {
        let agent = self.header(header::USER_AGENT).unwrap_or("unknown");
        let name: String = agent.split('/').next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        let end = (0..=name.len().min(128)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        if end == 0 { "unknown".to_owned() } else { name[..end].to_owned() }
    }
}
