//! Content negotiation: the format of the answer (JSON or YAML) and its shape (the object, a Table, metadata only).
//!
//! In: the `Accept` header, the query's `pretty`, and the user agent. Out: [`Accept`], or 406.
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers/negotiation`.

use http::header;

use super::Request;
use crate::resource::Resource;
use crate::status::{Details, Result, Status};

/// The outcome of the negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accept {
    pub(crate) format: Format,
    pub(crate) shape: Shape,
    /// JSON over several lines.
    pub(crate) pretty: bool,
}

/// How bodies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`
    Json,
    /// `application/yaml`
    Yaml,
    /// `application/vnd.kubernetes.protobuf`, for built-in kinds and `meta/v1`.
    Protobuf,
}

/// The shape in which objects are written. The text is the version of `meta.k8s.io` that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// All of it.
    Object,
    /// `as=Table`, and what the rows have beside their cells.
    Table(String, Rows),
    /// `as=PartialObjectMetadata`
    Partial(String),
    /// `as=PartialObjectMetadataList`
    PartialList(String),
    /// `as=APIGroupDiscoveryList`
    Discovery,
}

/// `includeObject`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Cells only.
    Bare,
    /// The object's metadata; the default.
    Metadata,
    /// The object.
    Object,
}

struct Clause<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    quality: f32,
}

/// Protobuf.
pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// The media types of every resource, as refusals name them. Custom resources have no protobuf all the same.
const ACCEPTED: &str = "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// The same list, in the words that kube-apiserver has for built-in resources.
const AVAILABLE: &str = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, \
                         application/vnd.kubernetes.protobuf";

impl Accept {
    /// Whether the client takes an object as it is stored: whole, and as JSON on one line.
    pub(crate) fn is_plain_text(&self) -> bool {
        self.shape == Shape::Object && self.format == Format::Json && !self.pretty
    }

    /// Negotiates for an object or a collection. What is answered and not stored may have no tables.
    pub(crate) fn negotiate(request: &Request, resource: &Resource, tables: bool) -> Result<Self> {
        let wanted = Wanted { discovery: false, protobuf: resource.structure.is_some(), tables };
        let accept = choose(request, wanted).ok_or_else(|| match resource.custom {
            Some(_) => Status::not_acceptable(ACCEPTED),
            None => Status::not_acceptable(AVAILABLE).with(Details::default()),
        })?;
        let include = request.query.text("includeObject");
        if matches!(accept.shape, Shape::Table(..)) && !matches!(include, "" | "None" | "Metadata" | "Object") {
            return Err(Status::bad_request(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: {include:?}: \
                 must be 'Metadata', 'Object', 'None', or empty"
            )));
        }
        Ok(accept)
    }

    /// Negotiates for `/api` and `/apis`, which also come aggregated.
    pub(crate) fn negotiate_discovery(request: &Request) -> Result<Self> {
        choose(request, Wanted { discovery: true, protobuf: false, tables: true })
            .ok_or_else(|| Status::not_acceptable(ACCEPTED))
    }

    /// The format for answers to requests that are refused before anything was negotiated.
    pub(crate) fn fallback(request: &Request) -> Self {
        let wanted = Wanted { discovery: false, protobuf: true, tables: true };
        choose(request, wanted).map(|accept| Self { shape: Shape::Object, ..accept }).unwrap_or(Self {
            format: Format::Json,
            shape: Shape::Object,
            pretty: wants_pretty(request),
        })
    }
}

/// What there is beside objects in JSON and YAML.
#[derive(Clone, Copy)]
struct Wanted {
    /// Aggregated discovery.
    discovery: bool,
    protobuf: bool,
    tables: bool,
}

fn choose(request: &Request, wanted: Wanted) -> Option<Accept> {
    let pretty = wants_pretty(request);
    let Some(text) = request.header(header::ACCEPT).filter(|text| !text.trim().is_empty()) else {
        return Some(Accept { format: Format::Json, shape: Shape::Object, pretty });
    };
    let rows = match request.query.text("includeObject") {
        "None" => Rows::Bare,
        "Object" => Rows::Object,
        _ => Rows::Metadata,
    };
    let mut clauses: Vec<Clause<'_>> = text.split(',').map(clause).collect();
    clauses.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    clauses.iter().find_map(|clause| {
        let format = match clause.name {
            "application/json" | "*/*" | "application/*" => Format::Json,
            "application/yaml" => Format::Yaml,
            PROTOBUF if wanted.protobuf => Format::Protobuf,
            _ => return None,
        };
        let shape = shape(clause, wanted.discovery, rows)?;
        // Go's type of a Table has no protobuf.
        let has_tables = wanted.tables && format != Format::Protobuf;
        let exists = has_tables || !matches!(shape, Shape::Table(..));
        exists.then_some(Accept { format, shape, pretty })
    })
}

fn clause(text: &str) -> Clause<'_> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let quality = parameters.iter().find(|(key, _)| *key == "q").and_then(|(_, value)| value.parse().ok());
    Clause { name, parameters, quality: quality.unwrap_or(1.0) }
}

fn shape(clause: &Clause<'_>, discovery: bool, rows: Rows) -> Option<Shape> {
    let parameter = |name: &str| clause.parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let version = parameter("v").unwrap_or_default();
    let known = matches!(version, "v1" | "v1beta1") && parameter("g") == Some("meta.k8s.io");
    match parameter("as") {
        None => Some(Shape::Object),
        Some("Table") if known => Some(Shape::Table(version.to_owned(), rows)),
        Some("PartialObjectMetadata") if known => Some(Shape::Partial(version.to_owned())),
        Some("PartialObjectMetadataList") if known => Some(Shape::PartialList(version.to_owned())),
        Some("APIGroupDiscoveryList") if discovery && version == "v2" => Some(Shape::Discovery),
        Some(_) => None,
    }
}

fn wants_pretty(request: &Request) -> bool {
    if let Some(value) = request.query.get("pretty").filter(|value| !value.is_empty()) {
        return matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True");
    }
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    ["curl", "Wget", "Mozilla/5.0"].iter().any(|browser| agent.starts_with(browser))
}
