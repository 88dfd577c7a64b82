//! The `/scale` subresource: the replicas of a custom resource in the shape of `autoscaling/v1` `Scale`.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go`.

use std::sync::Arc;

use crdgen_schema::definition::Scale;
use crdgen_schema::field;
use crdgen_schema::go;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Target, admission, patch as patching, write};
use crate::api::Api;
use crate::kind::table;
use crate::object::{self, text};
use crate::patch::{json_patch, merge};
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::body::{self, Decoded, decode_json};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::response::json_path::JsonPath;
use crate::response::status::{Details, Result, Status};

/// Reads the scale of an object.
pub(super) fn get(api: &Arc<Api>, target: &Target<'_>, accept: &Accept) -> Result<Reply> {
    let stored = api.store.get(&target.resource.collection, &target.key()).ok_or_else(|| target.not_found())?;
    let paths = paths(target)?;
    let object = target.resource.read(&stored);
    if number(&object, &paths.spec_replicas_path).is_none() {
        let path = &paths.spec_replicas_path;
        return Err(Status::internal(&format!("the spec replicas field {path:?} does not exist")));
    }
    let scale = read(paths, &object);
    Ok(Reply::value(accept, StatusCode::OK, &scale))
}

/// Replaces the scale of an object.
pub(super) fn update(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(request, "UpdateOptions")?;
    let (given, warnings) = decode(body::decode(request, body::OBJECTS)?, &options)?;
    admission::check_name(&given, target.name())?;
    write_scale(api, request, target, &options, |current| {
        admission::check_uid(target, &given, current)?;
        Ok((given.clone(), warnings.clone()))
    })
}

/// Patches the scale of an object.
pub(super) fn patch(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    patching::check_media_type(request, target.resource)?;
    let options = WriteOptions::parse(request, "PatchOptions")?;
    let patch =
        decode_json(&request.body).map_err(|why| Status::bad_request(format!("error decoding patch: {why}")))?;
    let operations = request.content_type().as_deref() == Some("application/json-patch+json");
    write_scale(api, request, target, &options, |scale| {
        let mut patched = Decoded { value: scale.clone(), duplicates: patch.duplicates.clone() };
        if operations {
            json_patch::apply(&mut patched.value, &patch.value).map_err(|_| Status::unprocessable())?;
        } else {
            merge::apply(&mut patched.value, &patch.value);
        }
        let (scale, warnings) = decode(patched, &options)?;
        admission::check_name(&scale, target.name())?;
        Ok((scale, warnings))
    })
}

/// Decodes a `Scale` as Go would. Unknown fields are warned of or refused, as the options ask for.
fn decode(given: Decoded, options: &WriteOptions) -> Result<(Value, Vec<String>)> {
    let refuse =
        |why: &str| Status::bad_request(format!("Scale in version \"v1\" cannot be handled as a Scale: {why}"));
    let mut scale = given.value;
    for (name, expected) in [("apiVersion", "autoscaling/v1"), ("kind", "Scale")] {
        if !matches!(scale.get(name), None | Some(Value::Null)) && scale[name] != expected {
            return Err(refuse(&format!("{name} must be {expected}")));
        }
    }
    let structure = table::structure("autoscaling/v1", "Scale").ok_or_else(|| refuse("the kind is not known"))?;
    let unknown = go::round_trip(&mut scale, structure).map_err(|why| refuse(&why))?;
    let warnings = admission::warnings(&given.duplicates, &unknown, options.field_validation, |why| refuse(why))?;
    Ok((scale, warnings))
}

fn write_scale(
    api: &Arc<Api>,
    request: &Request,
    target: &Target<'_>,
    options: &WriteOptions,
    change: impl Fn(&Value) -> Result<(Value, Vec<String>)>,
) -> Result<Reply> {
    let accept = Accept::negotiate(request, target.resource)?;
    let paths = paths(target)?;
    let written = write::update(api, target, options, Subresource::Scale, |current| {
        let (scale, warnings) = change(&read(paths, current))?;
        Ok((with_replicas(target, paths, current, &scale)?, warnings))
    })?;
    let mut reply = Reply::value(&accept, StatusCode::OK, &read(paths, &written.object));
    reply.warnings = written.warnings;
    Ok(reply)
}

fn paths<'a>(target: &Target<'a>) -> Result<&'a Scale> {
    target.resource.scale.as_ref().ok_or_else(|| target.not_found())
}

fn number(object: &Value, path: &str) -> Option<i64> {
    JsonPath::parse(path)?.first(object)?.as_i64()
}

fn read(paths: &Scale, object: &Value) -> Value {
    let spec = number(object, &paths.spec_replicas_path).unwrap_or(0);
    let mut metadata = Map::new();
    for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = object::meta(object, name) {
            metadata.insert(name.to_owned(), value.clone());
        }
    }
    let mut scale = json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": if spec == 0 { json!({}) } else { json!({"replicas": spec}) },
        "status": {"replicas": number(object, &paths.status_replicas_path).unwrap_or(0)},
    });
    let selector = paths.label_selector_path.as_deref().and_then(JsonPath::parse);
    let selector = selector.as_ref().and_then(|path| path.first(object));
    if let Some(selector) = selector.as_deref().and_then(Value::as_str).filter(|selector| !selector.is_empty()) {
        scale["status"]["selector"] = Value::from(selector);
    }
    scale
}

/// The object with the replicas of the scale, and with its resource version if the scale has one, so that a stale scale
/// is a conflict.
fn with_replicas(target: &Target<'_>, paths: &Scale, current: &Value, scale: &Value) -> Result<Value> {
    let replicas = &scale["spec"]["replicas"];
    let count = replicas.as_i64().unwrap_or(0);
    if count < 0 {
        let error = field::Error::invalid("spec.replicas", replicas, "must be greater than or equal to 0");
        return Err(Status::invalid(Details::kind("autoscaling", "Scale", target.name()), &[error]));
    }
    let mut object = current.clone();
    let version = text(scale, "resourceVersion");
    if !version.is_empty() {
        object::set(&mut object, "resourceVersion", Value::from(version));
    }
    let mut place = &mut object;
    for name in paths.spec_replicas_path.trim_start_matches('.').split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = Value::from(count);
    Ok(object)
}
