//! Answers about `OpenAPI`: which document in which format, and whether the client has it already.
//!
//! In: a request. Out: a document, 304 if the client's is the same, 301 to the current hash. kube-apiserver answers every method
//! alike.
//! Source: `k8s.io/kube-openapi/pkg/{handler,handler3}`, and Go's `http.ServeContent`.

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::document::{self, Part};
use super::text::{Document, Documents, Text};
use super::{gnostic, hash, hex, index, part, parts};
use crate::json;
use crate::request::Request;
use crate::response::Reply;
use crate::state::State;

/// A year.
const LONG: SignedDuration = SignedDuration::from_hours(365 * 24);

/// From how many bytes on a text is compressed.
const WORTH_COMPRESSING: usize = 1400;

/// Answers a request for a path beneath `/openapi`.
pub(crate) fn answer(state: &State, request: &Request, path: &str) -> Reply {
    match path {
        "/openapi/v2" => version_2(state, request),
        // kube-apiserver sends the index with the content type of plain text.
        "/openapi/v3" => Reply::text(StatusCode::OK, json::compact(&index(state))),
        _ => match path.strip_prefix("/openapi/v3/") {
            Some(path) => version_3(state, request, path),
            None => Reply::page_not_found(),
        },
    }
}

fn version_2(state: &State, request: &Request) -> Reply {
    let vary = HeaderValue::from_static("Accept, Accept-Encoding");
    let Some(format) = Format::of(request, "v2") else {
        return Reply::empty(StatusCode::NOT_ACCEPTABLE).with(header::VARY, vary);
    };
    let parts = state.read_catalog(parts);
    let document = state.documents.get("v2", hex(&hash(&parts)));
    let make = || format.write(&document::of_all(&parts), gnostic::version_2);
    let text = format.text(&document);
    let mut body = text.plain(make);
    let compressed = accepts_gzip(request) && body.len() >= WORTH_COMPRESSING;
    if compressed {
        body = text.compressed(make);
    }
    let reply = Reply::new(StatusCode::OK, format.content_type("v2"), body);
    let reply = unless_known(request, &document.hash, reply).with(header::VARY, vary);
    if compressed && reply.code == StatusCode::OK {
        return reply.with(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    reply
}

fn version_3(state: &State, request: &Request, path: &str) -> Reply {
    let Some(part) = state.read_catalog(|catalog| part(catalog, path)) else {
        state.documents.forget(path);
        return Reply::empty(StatusCode::NOT_FOUND);
    };
    if clauses(request).is_empty() {
        return Reply::empty(StatusCode::OK);
    }
    let vary = HeaderValue::from_static("Accept");
    let Some(format) = Format::of(request, "v3") else {
        return Reply::empty(StatusCode::NOT_ACCEPTABLE).with(header::VARY, vary);
    };
    let documents = if part.is_custom() { &state.documents } else { Documents::of_built_in() };
    let document = documents.get(path, hex(&part.hash()));
    let wanted = request.query.text("hash");
    if !wanted.is_empty() && wanted != document.hash {
        return moved(&part, format, &document).with(header::VARY, vary);
    }
    let body = format.text(&document).plain(|| format.write(&part.document(), gnostic::version_3));
    let reply = Reply::new(StatusCode::OK, format.content_type("v3"), body);
    let reply = unless_known(request, &document.hash, reply).with(header::VARY, vary);
    if wanted.is_empty() {
        return reply;
    }
    let reply = reply.with(header::CACHE_CONTROL, HeaderValue::from_static("public, immutable"));
    let expires = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + LONG));
    match expires.ok().and_then(|time| HeaderValue::from_str(&time).ok()) {
        Some(time) => reply.with(header::EXPIRES, time),
        None => reply,
    }
}

/// Sends the client to the document with the hash that it has now.
fn moved(part: &Part, format: Format, document: &Document) -> Reply {
    let reply = Reply::new(StatusCode::MOVED_PERMANENTLY, format.content_type("v3"), Vec::new());
    let reply = tagged(reply, &document.hash);
    match HeaderValue::from_str(&format!("/openapi/v3/{}?hash={}", part.path, document.hash)) {
        Ok(place) => reply.with(header::LOCATION, place),
        Err(_) => reply,
    }
}

/// The answer with its entity tag, or without a body if the client knows it or wants another.
fn unless_known(request: &Request, hash: &str, reply: Reply) -> Reply {
    let tag = format!("\"{hash}\"");
    let names = |name: &HeaderName| -> Option<bool> {
        let mut tags = request.header(name.clone())?.split(',').map(str::trim);
        Some(tags.any(|one| one == "*" || one.trim_start_matches("W/") == tag))
    };
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    let other_wanted = names(&header::IF_MATCH) == Some(false);
    let known = names(&header::IF_NONE_MATCH) == Some(true);
    let reply = match (other_wanted || known && !reads, known) {
        (true, _) => Reply { code: StatusCode::PRECONDITION_FAILED, body: Reply::empty(reply.code).body, ..reply },
        (false, true) => Reply::empty(StatusCode::NOT_MODIFIED),
        (false, false) => reply,
    };
    tagged(reply, hash)
}

fn tagged(reply: Reply, hash: &str) -> Reply {
    match HeaderValue::from_str(&format!("\"{hash}\"")) {
        Ok(tag) => reply.with(header::ETAG, tag),
        Err(_) => reply,
    }
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Protobuf,
}

impl Format {
    /// What the client accepts, of a version of `OpenAPI`. Protobuf has two names, of which the older one cannot be a media type.
    fn of(request: &Request, version: &str) -> Option<Self> {
        let older = format!("com.github.proto-openapi.spec.{version}@v1.0+protobuf");
        let newer = older.replace('@', ".");
        clauses(request).into_iter().find_map(|(kind, subtype)| match subtype {
            _ if kind != "application" && kind != "*" => None,
            "json" | "*" => Some(Self::Json),
            name if name == older || name == newer => Some(Self::Protobuf),
            _ => None,
        })
    }

    fn content_type(self, version: &str) -> &'static str {
        match (self, version) {
            (Self::Json, _) => "application/json",
            (Self::Protobuf, "v2") => "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
            (Self::Protobuf, _) => "application/com.github.proto-openapi.spec.v3.v1.0+protobuf",
        }
    }

    fn text(self, document: &Document) -> &Text {
        match self {
            Self::Json => &document.json,
            Self::Protobuf => &document.protobuf,
        }
    }

    fn write(self, document: &serde_json::Value, protobuf: fn(&serde_json::Value) -> Vec<u8>) -> Vec<u8> {
        match self {
            Self::Json => json::compact(document),
            Self::Protobuf => protobuf(document),
        }
    }
}

/// The media types that the client accepts, the best first, each in two halves. Source: `github.com/munnerz/goautoneg`.
fn clauses(request: &Request) -> Vec<(&str, &str)> {
    let text = request.header(header::ACCEPT).filter(|text| !text.is_empty()).unwrap_or("*/*");
    let clause = |text| -> Option<(f32, (&str, &str))> {
        let mut parts = str::split(text, ';').map(str::trim);
        let (kind, subtype) = match parts.next()? {
            "*" => ("*", "*"),
            name => name.split_once('/')?,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |text| text.parse().unwrap_or(1.0));
        Some((quality, (kind.trim(), subtype.trim())))
    };
    let mut found: Vec<(f32, (&str, &str))> = text.split(',').filter_map(clause).collect();
    let is_open = |(kind, subtype): (&str, &str)| (kind == "*", subtype == "*");
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| is_open(a.1).cmp(&is_open(b.1))));
    found.into_iter().map(|(_, names)| names).collect()
}

fn accepts_gzip(request: &Request) -> bool {
    let codings = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    codings.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let quality = |part: &str| part.strip_prefix("q=").and_then(|text| text.parse::<f32>().ok());
        matches!(parts.next(), Some("gzip" | "*")) && parts.find_map(quality).is_none_or(|quality| quality > 0.0)
    })
}
