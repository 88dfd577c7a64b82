//! `PATCH` of an object, or of its status.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers/patch.go`.

use crdgen_schema::{field, go};
use http::StatusCode;
use serde_json::Value;

use super::{Call, apply, decode};
use crate::json;
use crate::object;
use crate::patch::{json_patch, merge, strategic};
use crate::registry::{self, Intent};
use crate::request::Request;
use crate::request::body::{Decoded, decode_json};
use crate::request::write_options::WriteOptions;
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
    let patch = read(call.request)?;
    let change = |current: &Value| change(call, &patch, current, &options);
    let written = registry::write(&call.attributes(subresource, &options), Intent::Change(&change)).await?;
    Reply::object(&call.accept, StatusCode::OK, call.resource, &written.object, call.state.now())
}

/// Whether the body is a configuration that is to be applied.
pub(super) fn is_apply(request: &Request) -> bool {
    request.content_type().as_deref() == Some("application/apply-patch+yaml")
}

/// Refuses media types that are not those of a patch of this resource with 415.
pub(super) fn check_media_type(request: &Request, resource: &Resource) -> Result<()> {
    const CUSTOM: &str = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    const BUILT_IN: &str = "application/json-patch+json, application/merge-patch+json, \
                            application/strategic-merge-patch+json, application/apply-patch+yaml";
    match request.content_type().as_deref() {
        Some("application/json-patch+json" | "application/merge-patch+json" | "application/apply-patch+yaml") => Ok(()),
        Some("application/strategic-merge-patch+json") if resource.custom.is_none() => Ok(()),
        _ => Err(Status::unsupported_media_type(if resource.custom.is_some() { CUSTOM } else { BUILT_IN })),
    }
}

fn read(request: &Request) -> Result<Patch> {
    let decoded =
        decode_json(&request.body).map_err(|why| Status::bad_request(format!("error decoding patch: {why}")))?;
    match request.content_type().as_deref() {
        Some("application/json-patch+json") => Ok(Patch::Json(decoded)),
        _ if !decoded.value.is_object() => {
            let why = go::cannot_unmarshal(&decoded.value, "map[string]interface {}");
            Err(Status::bad_request(format!("error decoding patch: {why}")))
        }
        Some("application/merge-patch+json") => Ok(Patch::Merge(decoded)),
        _ => Ok(Patch::Strategic(decoded)),
    }
}

/// Applies the patch to the current object and decodes the result like the body of an update.
fn change(call: &Call<'_>, patch: &Patch, current: &Value, options: &WriteOptions) -> Result<Value> {
    let resource = call.resource;
    let patched = patched(resource, patch, current)?;
    let text = refused_text(resource, &patched.value);
    let refuse = |why: &str| {
        let error = field::Error::invalid_text("patch", &text, why);
        Status::invalid(Details::default(), &[error])
    };
    let mut patched = patched;
    if is_former(resource, &patched.value) {
        patched.value["apiVersion"] = Value::from(resource.api_version());
    }
    let given = |name: &str| patched.value[name].as_str().unwrap_or_default();
    if resource.custom.is_none() && (given("apiVersion") != resource.api_version() || given("kind") != resource.kind) {
        return Err(refuse(&decode::wrong_kind(resource, given("kind"))));
    }
    let unreadable = |status: Box<Status>| match status.message.split_once("cannot be handled as a ") {
        Some((_, rest)) if resource.custom.is_none() => refuse(rest.split_once(": ").map_or(rest, |(_, why)| why)),
        _ => status,
    };
    let mut object = decode::finish(call, patched, options.field_validation, refuse).map_err(unreadable)?;
    decode::check_name(&object, call.name())?;
    decode::place(&mut object, call)?;
    Ok(object)
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
            json_patch::apply(&mut value, &decoded.value).map_err(|error| match error {
                json_patch::Error::Malformed(_) => Status::bad_request(error.to_string()),
                json_patch::Error::TooMany(_) => Status::too_large(&error.to_string()),
                json_patch::Error::DoesNotApply => Status::unprocessable(),
            })?;
            decoded.duplicates.of_json_patch()
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
    let typed = value.is_object() && value["kind"].is_string() && value["apiVersion"].is_string();
    if typed { Ok(Decoded { value, duplicates }) } else { Err(Status::unprocessable()) }
}

/// The text of the patched object that a refusal because of unknown fields quotes.
fn refused_text(resource: &Resource, patched: &Value) -> String {
    let mut shown = patched.clone();
    if resource.custom.is_some() {
        object::set(&mut shown, "managedFields", Value::Null);
    }
    String::from_utf8_lossy(&json::compact(&shown)).into_owned()
}
