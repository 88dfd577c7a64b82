//! The `/scale` subresource: the replicas of a custom resource in the shape of `autoscaling/v1` `Scale`.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go`.

use crdgen_schema::definition::Scale;
use crdgen_schema::field;
use crdgen_schema::go::{self, Struct, Type};
use crdgen_schema::metadata::OBJECT_META;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, decode};
use crate::json_path::JsonPath;
use crate::object::{self, text};
use crate::patch::{json_patch, merge};
use crate::registry::{self, Intent};
use crate::request::body::{self, Decoded, decode_json};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};

/// `autoscaling/v1` `Scale`.
static SCALE: Struct = Struct {
    name: "Scale",
    atomic: false,
    fields: &[
        go::field("apiVersion", Type::Text),
        go::field("kind", Type::Text),
        go::field("metadata", Type::Struct(&OBJECT_META)),
        go::field("spec", Type::Struct(&SCALE_SPEC)),
        go::field("status", Type::Struct(&SCALE_STATUS)),
    ],
};

static SCALE_SPEC: Struct = Struct { name: "ScaleSpec", atomic: false, fields: &[go::field("replicas", Type::Int32)] };

static SCALE_STATUS: Struct = Struct {
    name: "ScaleStatus",
    atomic: false,
    fields: &[go::field("replicas", Type::Int32).always(), go::field("selector", Type::Text)],
};

/// Reads the scale of an object.
pub(super) fn get(call: &Call<'_>) -> Result<Reply> {
    let stored = call.state.store.get(&call.resource.collection, &call.key()).ok_or_else(|| call.not_found())?;
    let paths = paths(call)?;
    let object = call.resource.read(&stored);
    if number(&object, &paths.spec_replicas_path).is_none() {
        let path = &paths.spec_replicas_path;
        return Err(Status::internal(&format!("the spec replicas field {path:?} does not exist")));
    }
    Ok(Reply::value(&call.accept, StatusCode::OK, &read(paths, &object)))
}

/// Replaces the scale of an object.
pub(super) async fn update(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "UpdateOptions")?;
    let given = decoded(call, body::decode(call.request, body::OBJECTS)?, &options)?;
    decode::check_name(&given, call.name())?;
    let attributes = call.attributes(Subresource::Scale, &options);
    let replace = |current: &Value| {
        registry::check_uid(&attributes, &given, current)?;
        Ok(given.clone())
    };
    write(call, &options, &replace).await
}

/// Patches the scale of an object.
pub(super) async fn patch(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "PatchOptions")?;
    let patch =
        decode_json(&call.request.body).map_err(|why| Status::bad_request(format!("error decoding patch: {why}")))?;
    let operations = call.request.content_type().as_deref() == Some("application/json-patch+json");
    let change = |scale: &Value| {
        let mut patched = Decoded { value: scale.clone(), duplicates: patch.duplicates.clone() };
        if operations {
            json_patch::apply(&mut patched.value, &patch.value).map_err(|_| Status::unprocessable())?;
        } else {
            merge::apply(&mut patched.value, &patch.value);
        }
        let scale = decoded(call, patched, &options)?;
        decode::check_name(&scale, call.name())?;
        Ok(scale)
    };
    write(call, &options, &change).await
}

/// Decodes a `Scale` as Go would. Unknown fields are warned of or refused, as the options ask for.
fn decoded(call: &Call<'_>, given: Decoded, options: &WriteOptions) -> Result<Value> {
    let refuse =
        |why: &str| Status::bad_request(format!("Scale in version \"v1\" cannot be handled as a Scale: {why}"));
    let mut scale = given.value;
    for (name, expected) in [("apiVersion", "autoscaling/v1"), ("kind", "Scale")] {
        if !matches!(scale.get(name), None | Some(Value::Null)) && scale[name] != expected {
            return Err(refuse(&format!("{name} must be {expected}")));
        }
    }
    let unknown = go::round_trip(&mut scale, &SCALE).map_err(|why| refuse(&why))?;
    decode::check_fields(call, &given.duplicates, &unknown, options.field_validation, |why| refuse(why))?;
    Ok(scale)
}

async fn write(
    call: &Call<'_>,
    options: &WriteOptions,
    change: &(dyn Fn(&Value) -> Result<Value> + Send + Sync),
) -> Result<Reply> {
    let paths = paths(call)?;
    let change = |current: &Value| with_replicas(call, paths, current, &change(&read(paths, current))?);
    let written = registry::write(&call.attributes(Subresource::Scale, options), Intent::Change(&change)).await?;
    Ok(Reply::value(&call.accept, StatusCode::OK, &read(paths, &written.object)))
}

fn paths<'a>(call: &Call<'a>) -> Result<&'a Scale> {
    call.resource.scale.as_ref().ok_or_else(|| call.not_found())
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
fn with_replicas(call: &Call<'_>, paths: &Scale, current: &Value, scale: &Value) -> Result<Value> {
    let replicas = &scale["spec"]["replicas"];
    let count = replicas.as_i64().unwrap_or(0);
    if count < 0 {
        let error = field::Error::invalid("spec.replicas", replicas, "must be greater than or equal to 0");
        return Err(Status::invalid(Details::kind("autoscaling", "Scale", call.name()), &[error]));
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
