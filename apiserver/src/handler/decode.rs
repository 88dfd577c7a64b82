//! How a body becomes an object of the resource: its type, its fields, its name and its namespace.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers`.

use http::StatusCode;
use serde_json::Value;

use super::Call;
use crate::kind::table;
use crate::object::{self, text};
use crate::request::Request;
use crate::request::accept::PROTOBUF;
use crate::request::body::{self, Decoded};
use crate::request::duplicates::Duplicates;
use crate::request::order;
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
    let decoded = match body::decode(request, body::OBJECTS) {
        Err(status) if status.code == StatusCode::BAD_REQUEST.as_u16() => {
            return Err(unrecognized(request, resource, &status.message));
        }
        decoded => decoded?,
    };
    check_type(request, resource, &decoded.value)?;
    if resource.structure.is_none() || matches!(decoded.duplicates, Duplicates::Yaml(_)) {
        return finish(call, decoded, validation, strict_error(resource));
    }
    let mut object = decoded.value;
    let findings = resource.strategy.decode(resource, &mut object)?;
    let has_duplicates = !decoded.duplicates.warnings().is_empty();
    if has_duplicates || !findings.unknown.is_empty() {
        let found = in_order(request, decoded.duplicates, &findings.unknown);
        check_fields(call, &found, &[], validation, strict_error(resource))?;
    }
    call.warnings.extend(object::owner::dedupe(&mut object));
    Ok(object)
}

/// The findings in the order of the text that they are in.
fn in_order(request: &Request, duplicates: Duplicates, unknown: &[String]) -> Duplicates {
    if request.content_type().as_deref() == Some(PROTOBUF) {
        return duplicates;
    }
    Duplicates::Json(order::strict_errors(&request.body, unknown))
}

/// Decodes an object that was read from a body or made by a patch. `refuse` turns the text about unknown or duplicate
/// fields into the refusal, if the request asks for one.
pub(super) fn finish(
    call: &Call<'_>,
    decoded: Decoded,
    validation: FieldValidation,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<Value> {
    let mut object = decoded.value;
    let findings = call.resource.strategy.decode(call.resource, &mut object)?;
    check_fields(call, &decoded.duplicates, &findings.unknown, validation, refuse)?;
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
    let unknown: Vec<String> = unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
    match validation {
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            call.warnings.extend([duplicates.warnings(), &unknown].concat());
            Ok(())
        }
        FieldValidation::Strict => match [duplicates.errors(), unknown].concat().as_slice() {
            [] => Ok(()),
            errors => Err(refuse(&format!("strict decoding error: {}", errors.join(", ")))),
        },
    }
}

fn strict_error(resource: &Resource) -> impl Fn(&str) -> Box<Status> {
    move |why| {
        let (kind, version) = (&resource.kind, &resource.version);
        Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
    }
}

fn unrecognized(request: &Request, resource: &Resource, why: &str) -> Box<Status> {
    let kind = &resource.kind;
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
fn check_type(request: &Request, resource: &Resource, object: &Value) -> Result<()> {
    let given = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (given("apiVersion"), given("kind"));
    let expected = resource.api_version();
    let custom = resource.custom.is_some();
    let shown = || String::from_utf8_lossy(&crate::json::compact(object)).into_owned();
    if !object.is_object() || (custom && kind.is_empty()) {
        return Err(unrecognized(request, resource, &format!("Object 'Kind' is missing in '{}'", shown())));
    }
    if custom && version.is_empty() {
        return Err(unrecognized(request, resource, &format!("Object 'apiVersion' is missing in '{}'", shown())));
    }
    if !version.is_empty() && version != expected {
        return Err(Status::bad_request(format!(
            "the API version in the data ({version}) does not match the expected API version ({expected})"
        )));
    }
    if !custom && !kind.is_empty() && kind != resource.kind {
        let (own, why) = (&resource.kind, wrong_kind(resource, kind));
        let version = &resource.version;
        return Err(Status::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {own}: {why}"
        )));
    }
    Ok(())
}

/// Why Go cannot read an object of that kind as one of a built-in resource.
pub(super) fn wrong_kind(resource: &Resource, kind: &str) -> String {
    let version = resource.api_version();
    if table::structure(&version, kind).is_none() {
        return format!(
            "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        );
    }
    format!("converting ({}.{kind}) to ({}): unknown conversion", resource.version, resource.go_type())
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
