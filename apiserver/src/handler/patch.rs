//! `PATCH` of an object, or of its status.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers/patch.go`.

use crdgen_schema::json::Document;
use crdgen_schema::{field, go, json};
use http::StatusCode;
use serde_json::{Map, Value};

use super::decode::{self, Text};
use super::{Call, apply};
use crate::kind::table;
use crate::patch::{json_patch, merge, strategic, text};
use crate::registry::{self, Intent};
use crate::request::Request;
use crate::request::body::{self, Decoded, decode_json};
use crate::request::duplicates::Duplicates;
use crate::request::write_options::{FieldValidation, WriteOptions};
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};

/// A patch that was read.
enum Patch {
    Json(Decoded),
    Merge(Decoded),
    Strategic(Decoded),
}

/// Applies the patch in the body.
pub(super) async fn patch(call: &Call<'_>, subresource: Subresource) -> Result<Reply> {
    if is_apply(call.request) {
        return apply::apply(call, subresource).await;
    }
    let options = WriteOptions::parse(call.request, "PatchOptions")?;
    let patch = read(call.request, options.field_validation)?;
    let change = |current: &Value| change(call, &patch, current, &options);
    let written = registry::write(&call.attributes(subresource, &options), Intent::Change(&change)).await?;
    call.written(StatusCode::OK, &written)
}

/// Whether the body is a configuration that is to be applied.
pub(super) fn is_apply(request: &Request) -> bool {
    request.content_type().as_deref() == Some("application/apply-patch+yaml")
}

/// Refuses media types that are not those of a patch of this resource with 415. The routes of built-in resources name those that they
/// take, so that Go's router refuses others, in its own words.
pub(super) fn check_media_type(request: &Request, resource: &Resource) -> Result<()> {
    const CUSTOM: &str = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    match request.content_type().as_deref() {
        Some("application/json-patch+json" | "application/merge-patch+json" | "application/apply-patch+yaml") => Ok(()),
        Some("application/strategic-merge-patch+json") if resource.custom.is_none() => Ok(()),
        _ if resource.custom.is_some() => Err(Status::unsupported_media_type(CUSTOM)),
        _ => Err(Status::unrouted_media_type()),
    }
}

fn read(request: &Request, validation: FieldValidation) -> Result<Patch> {
    match request.content_type().as_deref() {
        Some("application/json-patch+json") => read_operations(request, validation).map(Patch::Json),
        Some("application/strategic-merge-patch+json") => {
            let decoded = decode_json(&request.body).map_err(|why| Status::bad_request(why.to_string()))?;
            match &decoded.value {
                Value::Object(_) => Ok(Patch::Strategic(decoded)),
                Value::Null => Ok(Patch::Strategic(Decoded { value: Value::Object(Map::new()), ..decoded })),
                other => Err(Status::bad_request(go::cannot_unmarshal(other, "map[string]interface {}"))),
            }
        }
        _ => read_merge_patch(request, validation).map(Patch::Merge),
    }
}

/// Reads the operations of a JSON patch.
pub(super) fn read_operations(request: &Request, validation: FieldValidation) -> Result<Decoded> {
    let prefix = if validation == FieldValidation::Ignore { "" } else { "error decoding patch: " };
    let mut decoded = decode_json(&request.body).map_err(|why| Status::bad_request(format!("{prefix}{why}")))?;
    if validation != FieldValidation::Ignore {
        let found = json_patch::check(&decoded.value, &body::lenient(&request.body)).map_err(refused)?;
        decoded.duplicates = Duplicates::of_json_patch(&found);
    }
    Ok(decoded)
}

/// Reads a merge patch.
pub(super) fn read_merge_patch(request: &Request, validation: FieldValidation) -> Result<Decoded> {
    let is_checked = validation != FieldValidation::Ignore;
    let refuse = |why: &str| {
        let no_patch = || "Invalid JSON Patch".to_owned();
        Status::bad_request(if is_checked { format!("error decoding patch: {why}") } else { no_patch() })
    };
    let decoded = decode_json(&request.body).map_err(|why| refuse(&why.to_string()))?;
    match &decoded.value {
        Value::Object(_) => Ok(decoded),
        Value::Null => Err(Status::bad_request("Invalid JSON Patch")),
        other => Err(refuse(&go::cannot_unmarshal(other, "map[string]interface {}"))),
    }
}

/// Applies the patch to the current object and decodes the result like the body of an update.
fn change(call: &Call<'_>, patch: &Patch, current: &Value, options: &WriteOptions) -> Result<Value> {
    let resource = call.resource;
    let mut patched = patched(resource, patch, current)?;
    let text = || text(call, patch, current);
    let refuse = |why: &str| {
        let error = field::Error::invalid_text("patch", &text(), why);
        Status::invalid(Details::default(), &[error])
    };
    let decoded = if let (Patch::Strategic(_), Some(structure)) = (patch, resource.structure) {
        go::convert(&patched.value, structure).map_err(|why| refuse(&why))?;
        json::whole_numbers(&mut patched.value);
        decode::finish(call, patched, Text::Converted, options.field_validation, refuse)
    } else {
        if is_former(resource, &patched.value) {
            patched.value["apiVersion"] = Value::from(resource.api_version());
        }
        check_type(call, &patched.value, &text, &refuse)?;
        decode::finish(call, patched, Text::Patched(&text), options.field_validation, refuse)
    };
    let mut object = decoded.map_err(|status| match decode::why_unreadable(resource, &status) {
        Some(why) => refuse(why),
        None => status,
    })?;
    decode::check_name(&object, call.name())?;
    decode::place(&mut object, call)?;
    Ok(object)
}

/// Checks the type that the patched object says it is of. Custom resources must say it.
fn check_type(
    call: &Call<'_>,
    patched: &Value,
    text: &dyn Fn() -> String,
    refuse: &dyn Fn(&str) -> Box<Status>,
) -> Result<()> {
    body::check_type_meta(patched, None).map_err(|why| refuse(&why))?;
    let resource = call.resource;
    let given = |name: &str| patched.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (given("apiVersion"), given("kind"));
    if resource.custom.is_some() {
        return match (kind, version) {
            ("", _) => Err(refuse(&format!("Object 'Kind' is missing in '{}'", text()))),
            (_, "") => Err(Status::internal("Object 'apiVersion' is missing in 'object has no apiVersion field'")),
            _ => Ok(()),
        };
    }
    let (expected, kind) = (resource.api_version(), if kind.is_empty() { &resource.kind } else { kind });
    let scheme = "in scheme \"pkg/runtime/scheme.go:111\"";
    match (version, kind == resource.kind) {
        // It is decoded as one of the server's own types, which have no names for JSON.
        ("", true) => decode::check_name(&Value::Null, call.name()),
        ("", false) => {
            let group = &resource.group;
            Err(refuse(&format!("no kind {kind:?} is registered for the internal version of group {group:?} {scheme}")))
        }
        (version, true) if version == expected => Ok(()),
        (version, _) if table::structure(version, kind).is_none() => {
            Err(refuse(&format!("no kind {kind:?} is registered for version {version:?} {scheme}")))
        }
        _ => {
            let group = if resource.group.is_empty() { "core" } else { resource.group.split('.').next().unwrap_or("") };
            let wanted = &resource.kind;
            Err(refuse(&format!("converting ({version}.{kind}) to ({group}.{wanted}): unknown conversion")))
        }
    }
}

/// Whether the object says that it is of a version that is no longer served but can still be read.
fn is_former(resource: &Resource, object: &Value) -> bool {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    let kinds: &[&str] = match version {
        "extensions/v1beta1" => &["Deployment", "DaemonSet", "ReplicaSet"],
        "apps/v1beta1" => &["ControllerRevision", "Deployment", "StatefulSet"],
        "apps/v1beta2" => &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
        "batch/v1beta1" => &["CronJob"],
        _ => return false,
    };
    let is_group = matches!(resource.group.as_str(), "apps" | "batch");
    is_group && object["kind"] == resource.kind.as_str() && kinds.contains(&resource.kind.as_str())
}

fn patched(resource: &Resource, patch: &Patch, current: &Value) -> Result<Decoded> {
    let mut value = current.clone();
    let duplicates = match patch {
        Patch::Json(decoded) => {
            json_patch::apply(&mut value, &decoded.value).map_err(refused)?;
            decoded.duplicates.clone()
        }
        Patch::Merge(decoded) => {
            merge::apply(&mut value, &decoded.value);
            decoded.duplicates.clone()
        }
        Patch::Strategic(decoded) => {
            strategic::apply(&mut value, &decoded.value, Some(resource.shape())).map_err(|error| match error {
                strategic::Error::Format(_) => Status::bad_request(error.to_string()),
                strategic::Error::Other(why) => Status::unclassified(why),
            })?;
            decoded.duplicates.clone()
        }
    };
    Ok(Decoded { value, duplicates })
}

/// The answer to a JSON patch that cannot be applied.
#[allow(clippy::needless_pass_by_value, reason = "it stands behind `map_err`")]
pub(super) fn refused(error: json_patch::Error) -> Box<Status> {
    match error {
        json_patch::Error::Undecodable(_) | json_patch::Error::Malformed(_) => Status::bad_request(error.to_string()),
        json_patch::Error::TooMany(_) => Status::too_large(&error.to_string()),
        json_patch::Error::DoesNotApply => Status::unprocessable(),
    }
}

/// What a refusal quotes, and what Go decodes if it is JSON: the text of the patched object, or the strategic merge patch.
fn text(call: &Call<'_>, patch: &Patch, current: &Value) -> String {
    let in_order = |value: &Value| match call.resource.structure {
        Some(structure) => go::in_order(value, structure),
        None => go::sorted(value),
    };
    let body = body::lenient(&call.request.body);
    let body = Document::read(&body).map(Document::into_owned);
    let patched = || patched(call.resource, patch, current).map_or(Value::Null, |patched| patched.value);
    let document = match (patch, body) {
        (Patch::Strategic(patch), _) => return go::print_plain(&patch.value),
        (Patch::Merge(_), Some(body)) => text::merged(in_order(current), body),
        (Patch::Json(_), Some(body)) => text::operated(in_order(&patched()), &body),
        (_, None) => in_order(&patched()),
    };
    go::print_document(&document)
}
