//! Answers, written in the format and the shape that the client asked for.
//!
//! In: objects, lists, refusals. Out: [`Reply`], an HTTP response not yet sent.

pub(crate) mod cell;
pub(crate) mod list;
pub(crate) mod metadata_only;
pub(crate) mod table;
pub(crate) mod watch_event;

use bytes::Bytes;
use crdgen_schema::yaml;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use serde::Serialize;
use serde_json::Value;

use crate::json;
use crate::protobuf;
use crate::request::accept::{Accept, Format, PROTOBUF, Shape};
use crate::resource::Resource;
use crate::status::{Result, Status};
use crate::store::Stored;

/// The body of every response.
pub type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

/// What Go calls the type of scales.
pub(crate) const SCALE: &str = "autoscaling.Scale";

/// A response and the warnings that go with it.
pub(crate) struct Reply {
    pub(crate) code: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) warnings: Vec<String>,
    pub(crate) body: Body,
}

impl Reply {
    /// A response of this content type.
    pub(crate) fn new(code: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            code,
            headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))],
            warnings: Vec::new(),
            body: Full::new(body.into()).boxed_unsync(),
        }
    }

    /// Plain text.
    pub(crate) fn text(code: StatusCode, text: impl Into<Bytes>) -> Self {
        Self::new(code, "text/plain; charset=utf-8", text)
    }

    /// A code, and nothing else.
    pub(crate) fn empty(code: StatusCode) -> Self {
        Self { code, headers: Vec::new(), warnings: Vec::new(), body: Empty::new().boxed_unsync() }
    }

    /// The 404 for a path that the server does not know: plain text.
    pub(crate) fn page_not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "404 page not found\n")
    }

    /// A value in the client's format.
    pub(crate) fn value(accept: &Accept, code: StatusCode, value: &impl Serialize) -> Self {
        match accept.format {
            Format::Json if accept.pretty => Self::new(code, "application/json", json::pretty(value)),
            Format::Json => {
                let mut text = json::compact(value);
                text.push(b'\n');
                Self::new(code, "application/json", text)
            }
            Format::Yaml => {
                let value = serde_json::to_value(value).unwrap_or_default();
                Self::new(code, "application/yaml", yaml::print(&value))
            }
            Format::Protobuf => {
                let value = serde_json::to_value(value).unwrap_or_default();
                match protobuf::write(&value) {
                    Some(body) => Self::new(code, PROTOBUF, body),
                    None => Self::value(&Accept { format: Format::Json, ..accept.clone() }, code, &value),
                }
            }
        }
    }

    /// A refusal, or the success of a deletion.
    pub(crate) fn status(accept: &Accept, status: &Status) -> Self {
        let mut reply = Self::value(accept, status.http_code(), status);
        let wait = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
        if wait > 0 {
            reply.headers.push((header::RETRY_AFTER, HeaderValue::from(wait)));
        }
        reply
    }

    /// A stored object in the client's format and shape. Its own text is sent where that is what the client wants.
    pub(crate) fn stored(
        accept: &Accept,
        code: StatusCode,
        resource: &Resource,
        stored: &Stored,
        now: jiff::Timestamp,
    ) -> Result<Self> {
        if accept.is_plain_text() && resource.is_current(stored) {
            return Ok(Self::line(code, stored.text()));
        }
        Self::object(accept, code, resource, &resource.read(stored), now)
    }

    /// An object as it is stored, for one who wants [plain text](Accept::is_plain_text).
    pub(crate) fn line(code: StatusCode, text: &[u8]) -> Self {
        Self::new(code, "application/json", [text, b"\n"].concat())
    }

    /// An object in the client's format and shape.
    pub(crate) fn object(
        accept: &Accept,
        code: StatusCode,
        resource: &Resource,
        object: &Value,
        now: jiff::Timestamp,
    ) -> Result<Self> {
        match &accept.shape {
            Shape::Object | Shape::Discovery => Ok(Self::value(accept, code, object)),
            Shape::Partial(version) => Ok(Self::value(accept, code, &metadata_only::of(resource, object, version))),
            Shape::PartialList(_) if resource.custom.is_some() => Err(Status::unclassified("content is not a list")),
            Shape::PartialList(_) => Err(Status::not_acceptable(not_a_list(&resource.go_type()))),
            Shape::Table(version, rows) => {
                Ok(Self::row(accept, code, table::Table::new(resource, version, *rows, now), object))
            }
        }
    }

    /// The scale of an object of this resource in the client's format and shape.
    pub(crate) fn scale(accept: &Accept, resource: &Resource, scale: &Value, now: jiff::Timestamp) -> Result<Self> {
        let code = StatusCode::OK;
        match &accept.shape {
            Shape::Table(version, rows) => {
                Ok(Self::row(accept, code, table::Table::of_scales(resource, version, *rows, now), scale))
            }
            Shape::PartialList(_) => {
                let go_type = if resource.custom.is_some() { "v1.Scale" } else { SCALE };
                Err(Status::not_acceptable(not_a_list(go_type)))
            }
            _ => Self::object(accept, code, resource, scale, now),
        }
    }

    /// A table of one row.
    fn row(accept: &Accept, code: StatusCode, mut table: table::Table<'_>, object: &Value) -> Self {
        table.push(object);
        let revision = object["metadata"]["resourceVersion"].as_str().unwrap_or_default();
        Self::value(accept, code, &table.finish(revision, "", None))
    }

    /// The same with a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same without a body but with its length, for `HEAD`.
    pub(crate) fn without_body(mut self) -> Self {
        if let Some(length) = self.body.size_hint().exact().filter(|length| *length > 0) {
            self.headers.push((header::CONTENT_LENGTH, HeaderValue::from(length)));
        }
        self.body = Empty::new().boxed_unsync();
        self
    }

    /// The HTTP response, with the headers that all answers of kube-apiserver have.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.code;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        for warning in &self.warnings {
            if let Some(value) = warning_header(warning) {
                headers.append(header::WARNING, value);
            }
        }
        response
    }
}

fn not_a_list(go_type: &str) -> String {
    format!("you requested PartialObjectMetadataList, but the requested object is not a list (*{go_type})")
}

/// RFC 7234, section 5.5: code 299, no agent, the text quoted; what cannot stand in a header is left out.
fn warning_header(text: &str) -> Option<HeaderValue> {
    let mut quoted = String::from("299 - \"");
    for character in text.chars().filter(|character| !character.is_control()) {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    HeaderValue::from_bytes(quoted.as_bytes()).ok()
}
