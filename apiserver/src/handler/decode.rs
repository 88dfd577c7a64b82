//! How a body becomes an object of the resource: its type, its fields, its name and its namespace.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers`.

use std::borrow::Cow;

use crdgen_schema::go::{self, Struct};
use crdgen_schema::json::Document;
use serde_json::{Map, Value};

use super::Call;
use crate::kind::table;
use crate::object::{self, text};
use crate::request::Request;
use crate::request::accept::PROTOBUF;
use crate::request::body::{self, Decoded, Unreadable};
use crate::request::duplicates::Duplicates;
use crate::request::write_options::FieldValidation;
use crate::resource::Resource;
use crate::status::{Result, Status};

/// Reads the body of a creation or an update.
pub(super) fn read(call: &Call<'_>, validation: FieldValidation) -> Result<Value> {
    let (request, resource) = (call.request, call.resource);
    if resource.structure.is_none() && request.content_type().as_deref() == Some(PROTOBUF) {
        // There is no Go type that says what the bytes mean. (The real server breaks off the connection.)
        return Err(Status::unsupported_media_type("application/json, application/yaml"));
    }
    let text = body::json_text(request);
    let decoded = match body::decode(request, body::OBJECTS) {
        Err(Unreadable::MediaType(status)) => return Err(status),
        Err(Unreadable::Number(_)) => return Err(out_of_range(call, text.as_deref().unwrap_or_default())),
        Err(Unreadable::Malformed(why)) => return Err(unrecognized(request, &resource.kind, &why)),
        Ok(decoded) => decoded,
    };
    body::check_type_meta(&decoded.value, text.as_deref())
        .map_err(|why| unrecognized(request, &resource.kind, &why))?;
    check_type(call, &decoded.value, validation)?;
    let decoded = match decoded.value {
        Value::Null => Decoded { value: Value::Object(Map::new()), ..decoded },
        _ => decoded,
    };
    finish(call, decoded, Text::Body(text), validation, |why| unreadable(resource, why))
}

/// Reads a body of a kind that is not stored, in any of these versions.
pub(super) fn read_as(call: &Call<'_>, versions: &[&str], kind: &str, validation: FieldValidation) -> Result<Value> {
    let text = body::json_text(call.request);
    let decoded = match body::decode(call.request, body::OBJECTS) {
        Err(Unreadable::MediaType(status)) => return Err(status),
        read => read.map_err(|why| unrecognized(call.request, kind, &why.to_string()))?,
    };
    body::check_type_meta(&decoded.value, text.as_deref()).map_err(|why| unrecognized(call.request, kind, &why))?;
    let mut object = decoded.value;
    let given = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, named) = (given("apiVersion"), given("kind"));
    let own = versions.first().copied().unwrap_or_default();
    let short = own.rsplit('/').next().unwrap_or(own);
    let refuse =
        |why: &str| Status::bad_request(format!("{kind} in version \"{short}\" cannot be handled as a {kind}: {why}"));
    if !version.is_empty() && !versions.contains(&version) {
        return Err(Status::bad_request(format!(
            "the API version in the data ({version}) does not match the expected API version ({own})"
        )));
    }
    if !named.is_empty() && named != kind {
        return Err(Status::bad_request(format!(
            "{named} in version \"{short}\" cannot be handled as a {kind}: converting ({version}.{named}) to ({own}.{kind}): \
             unknown conversion"
        )));
    }
    let structure = table::structure(own, kind).ok_or_else(|| refuse("the kind is not known"))?;
    let decoding = go::round_trip(&mut object, structure).map_err(|why| refuse(&why));
    go::set_defaults(&mut object, structure);
    let (mut duplicates, text) = (decoded.duplicates, Text::Body(text));
    let unknown = found(text, Some(structure), &mut duplicates, decoding, refuse)?;
    check_fields(call, &duplicates, &unknown, validation, refuse)?;
    Ok(object)
}

/// What is to be said of unknown fields, and of duplicates if the text has some, given what decoding has found: paths of unknown
/// fields, or an error. Only if there is something to say, the text is looked at.
fn found<E>(
    text: Text<'_>,
    structure: Option<&'static Struct>,
    duplicates: &mut Duplicates,
    decoding: std::result::Result<Vec<String>, E>,
    refuse: impl Fn(&str) -> E,
) -> std::result::Result<Vec<String>, E> {
    let is_converted = matches!(text, Text::Converted);
    let is_fine = duplicates.is_empty() && decoding.as_ref().is_ok_and(Vec::is_empty);
    let ordered = match structure {
        Some(structure) if !is_fine => text.strictly(structure, duplicates),
        _ => None,
    };
    match (ordered, decoding) {
        (Some(Err(why)), _) => Err(refuse(&why)),
        (_, Err(error)) => Err(error),
        (Some(Ok(found)), _) => Ok(found),
        (None, Ok(mut unknown)) => {
            if is_converted {
                unknown.sort();
            }
            Ok(unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect())
        }
    }
}

/// The text that Go decodes an object of a built-in kind from. It is looked at only if there is something to report: then its
/// order counts.
pub(super) enum Text<'a> {
    /// A body, if it is JSON.
    Body(Option<Cow<'a, str>>),
    /// What a patch has made, in which nothing is set twice.
    Patched(&'a dyn Fn() -> String),
    /// There is none: a strategic merge patch makes an object, of which findings are sorted.
    Converted,
}

impl Text<'_> {
    /// Decodes the text strictly. Duplicates are among the findings if it may have some.
    fn strictly(
        self,
        of: &'static Struct,
        duplicates: &mut Duplicates,
    ) -> Option<std::result::Result<Vec<String>, String>> {
        match self {
            Self::Body(text) => {
                let found = go::strict(&text?, of)?;
                *duplicates = Duplicates::default();
                Some(found)
            }
            Self::Patched(make) => go::strict(&make(), of),
            Self::Converted => None,
        }
    }
}

/// Decodes an object that was read from a body or made by a patch. `refuse` turns the text about unknown or duplicate fields
/// into the refusal, if the request asks for one.
pub(super) fn finish(
    call: &Call<'_>,
    decoded: Decoded,
    text: Text<'_>,
    validation: FieldValidation,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<Value> {
    let mut object = decoded.value;
    let mut duplicates = decoded.duplicates;
    let resource = call.resource;
    let decoding = resource.strategy.decode(resource, &mut object).map(|findings| findings.unknown);
    let unreadable = |why: &str| unreadable(resource, why);
    let unknown = found(text, resource.structure, &mut duplicates, decoding, unreadable)?;
    check_fields(call, &duplicates, &unknown, validation, refuse)?;
    call.warnings.extend(object::owner::dedupe(&mut object));
    Ok(object)
}

/// Warns of duplicate and unknown fields, or refuses the request because of them, as `validation` asks for.
pub(super) fn check_fields(
    call: &Call<'_>,
    duplicates: &Duplicates,
    unknown: &[String],
    validation: FieldValidation,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<()> {
    match validation {
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            call.warnings.extend([duplicates.warnings(), unknown].concat());
            Ok(())
        }
        FieldValidation::Strict => match [&duplicates.errors(), unknown].concat().as_slice() {
            [] => Ok(()),
            errors => Err(refuse(&format!("strict decoding error: {}", errors.join(", ")))),
        },
    }
}

/// The refusal of an object that cannot be decoded.
pub(super) fn unreadable(resource: &Resource, why: &str) -> Box<Status> {
    let (kind, version) = (&resource.kind, &resource.version);
    Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
}

/// The reason in the refusal of an object that cannot be decoded.
pub(super) fn why_unreadable<'s>(resource: &Resource, status: &'s Status) -> Option<&'s str> {
    let (kind, version) = (&resource.kind, &resource.version);
    status.message.strip_prefix(&format!("{kind} in version \"{version}\" cannot be handled as a {kind}: "))
}

/// The refusal of a body with a number that is larger than any float.
fn out_of_range(call: &Call<'_>, text: &str) -> Box<Status> {
    let resource = call.resource;
    let document = Document::read(text);
    let number = document.as_ref().and_then(Document::number_out_of_range).unwrap_or_default();
    let untyped = Unreadable::Number(number.to_owned()).to_string();
    match resource.structure.and_then(|structure| go::strict(text, structure)) {
        Some(Err(why)) => unreadable(resource, &why),
        _ => unreadable(resource, &untyped),
    }
}

fn unrecognized(request: &Request, kind: &str, why: &str) -> Box<Status> {
    Status::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): {why} ({})",
        summary(&request.body)
    ))
}

/// The first 30 bytes of a body, as text if it looks like a JSON object, else in hexadecimal (Go's `summarizeData`).
fn summary(body: &[u8]) -> String {
    let cut = &body[..body.len().min(30)];
    let more = if body.len() > 30 { " ..." } else { "" };
    match body.first() {
        None => "<empty>".to_owned(),
        Some(b'{') => format!("{}{more}", String::from_utf8_lossy(cut)),
        Some(_) => {
            let digits: Vec<String> = cut.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}{more}", digits.concat())
        }
    }
}

/// Checks `apiVersion` and `kind`. Objects of built-in types may leave them out; custom resources must have them.
fn check_type(call: &Call<'_>, object: &Value, validation: FieldValidation) -> Result<()> {
    let (request, resource) = (call.request, call.resource);
    let given = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (given("apiVersion"), given("kind"));
    let expected = resource.api_version();
    let custom = resource.custom.is_some();
    let shown = || String::from_utf8_lossy(&request.body);
    let is_ignored = validation == FieldValidation::Ignore;
    if custom && kind.is_empty() && is_ignored {
        // Another decoder of Go's says it.
        return Err(unreadable(resource, &format!("Object 'Kind' is missing in '{}'", go::print_json(object))));
    }
    if custom && kind.is_empty() {
        return Err(unrecognized(request, &resource.kind, &format!("Object 'Kind' is missing in '{}'", shown())));
    }
    if custom && version.is_empty() {
        return Err(unrecognized(request, &resource.kind, &format!("Object 'apiVersion' is missing in '{}'", shown())));
    }
    let version = if version.is_empty() { &expected } else { version };
    // Go converts what it has read before it compares versions.
    let is_other = !custom && !kind.is_empty() && kind != resource.kind;
    if version != expected && !(is_other && table::structure(version, kind).is_some()) {
        return Err(Status::bad_request(format!(
            "the API version in the data ({version}) does not match the expected API version ({expected})"
        )));
    }
    if is_other {
        let (own, why) = (&resource.kind, wrong_kind(&resource.go_type(), version, kind));
        let version = short(version);
        return Err(Status::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {own}: {why}"
        )));
    }
    Ok(())
}

/// Why Go cannot read an object of that kind as one of this type of its own.
pub(super) fn wrong_kind(go_type: &str, version: &str, kind: &str) -> String {
    if table::structure(version, kind).is_none() {
        return format!(
            "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        );
    }
    format!("converting ({}.{kind}) to ({go_type}): unknown conversion", short(version))
}

/// A version without its group.
pub(super) fn short(version: &str) -> &str {
    version.rsplit('/').next().unwrap_or(version)
}

/// Sets the namespace of the object to that of the request. An object that names another one is refused.
pub(super) fn place(object: &mut Value, call: &Call<'_>) -> Result<()> {
    match (&call.path.namespace, text(object, "namespace")) {
        (Some(namespace), given) if given.is_empty() || given == namespace => {
            let namespace = Value::from(namespace.as_str());
            object::set(object, "namespace", namespace);
            Ok(())
        }
        (Some(_), _) => Err(Status::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        )),
        (None, _) => {
            object::set(object, "namespace", Value::Null);
            Ok(())
        }
    }
}

/// An update must name the object that the path names.
pub(super) fn check_name(object: &Value, name: &str) -> Result<()> {
    match text(object, "name") {
        "" => Err(Status::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        ))),
        given if given != name => Err(Status::bad_request(format!(
            "the name of the object ({given}) does not match the name on the URL ({name})"
        ))),
        _ => Ok(()),
    }
}
