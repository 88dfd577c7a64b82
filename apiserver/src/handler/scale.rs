//! The `/scale` subresource: the replicas of an object in the shape of `autoscaling/v1` `Scale`.
//!
//! Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go`, `k8s.io/kubernetes/pkg/registry/apps`.

use crdgen_schema::definition::Scale;
use crdgen_schema::field;
use crdgen_schema::go::{self, Struct};
use crdgen_schema::json::Document;
use serde_json::{Map, Value, json};

use super::apply::Configuration;
use super::patch::is_apply;
use super::scale_fields::{self, Author};
use super::{Call, decode};
use crate::json_path::JsonPath;
use crate::kind::table;
use crate::managed_fields::scale::ScaleEntries;
use crate::object::{self, generate};
use crate::patch::{json_patch, merge, text};
use crate::registry::{self, Intent};
use crate::request::body::{self, Decoded, Unreadable};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::{Reply, SCALE};
use crate::selector;
use crate::status::{Details, Result, Status};

const KIND: &str = "Scale";
const VERSION: &str = "autoscaling/v1";

/// The replicas in the scale of an object that does not say how many it has.
const UNSET: i64 = i32::MIN as i64;

/// The Go struct of `autoscaling/v1` `Scale`.
pub(super) fn structure() -> Result<&'static Struct> {
    table::structure(VERSION, KIND).ok_or_else(|| Status::internal("the kind Scale is not known"))
}

/// Reads the scale of an object.
pub(super) fn get(call: &Call<'_>) -> Result<Reply> {
    let stored = call.state.store.get(&call.resource.collection, &call.key()).ok_or_else(|| call.not_found())?;
    let paths = paths(call)?;
    let object = call.resource.read(&stored);
    if number(&object, &paths.spec_replicas_path).is_none() {
        let path = &paths.spec_replicas_path;
        return Err(Status::internal(&format!("the spec replicas field {path:?} does not exist")));
    }
    Reply::scale(&call.accept, call.resource, &read(paths, &object), call.state.now())
}

/// Replaces the scale of an object.
pub(super) async fn update(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "UpdateOptions")?;
    let given = match body::decode(call.request, body::OBJECTS) {
        Err(Unreadable::MediaType(status)) => return Err(status),
        Err(why) => return Err(refusal(call, (KIND, VERSION), &why.to_string())),
        Ok(given) => {
            let (kind, version) = named(&given.value);
            decoded(call, given, &options, |why| refusal(call, (&kind, &version), why))?
        }
    };
    decode::check_name(&given, call.name())?;
    let attributes = call.attributes(Subresource::Scale, &options);
    let replace = |live: &Value, author: Author<'_>| {
        registry::check_uid(&attributes, &given, live)?;
        let mut scale = given.clone();
        author.record(&mut scale, live);
        Ok(scale)
    };
    write(call, &options, &replace).await
}

/// Patches the scale of an object.
pub(super) async fn patch(call: &Call<'_>) -> Result<Reply> {
    if is_apply(call.request) {
        return apply(call).await;
    }
    let options = WriteOptions::parse(call.request, "PatchOptions")?;
    let operations = call.request.content_type().as_deref() == Some("application/json-patch+json");
    let read = if operations { super::patch::read_operations } else { super::patch::read_merge_patch };
    let patch = read(call.request, options.field_validation)?;
    let change = |live: &Value, author: Author<'_>| {
        let mut patched = Decoded { value: live.clone(), duplicates: patch.duplicates.clone() };
        if operations {
            json_patch::apply(&mut patched.value, &patch.value).map_err(super::patch::refused)?;
        } else {
            merge::apply(&mut patched.value, &patch.value);
        }
        let quoted = || {
            let body = body::lenient(&call.request.body);
            let body = Document::read(&body).map_or(Document::Null, Document::into_owned);
            let live = structure().map_or_else(|_| go::sorted(live), |structure| go::in_order(live, structure));
            go::print_document(&if operations { text::operated(live, &body) } else { text::merged(live, body) })
        };
        let refuse = |why: &str| {
            let error = field::Error::invalid_text("patch", &quoted(), why);
            Status::invalid(Details::default(), &[error])
        };
        body::check_type_meta(&patched.value, None).map_err(|why| refuse(&why))?;
        let mut scale = decoded(call, patched, &options, refuse)?;
        decode::check_name(&scale, call.name())?;
        author.record(&mut scale, live);
        Ok(scale)
    };
    write(call, &options, &change).await
}

/// Applies a configuration to the scale of an object.
async fn apply(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "PatchOptions")?;
    if call.state.store.get(&call.resource.collection, &call.key()).is_none() {
        return Err(call.not_found());
    }
    let configuration = Configuration::read(call.request, &options)?;
    let change = |live: &Value, author: Author<'_>| {
        let mut scale = author.apply(live, &configuration)?;
        go::round_trip(&mut scale, structure()?).map_err(Status::unclassified)?;
        configuration.report(call)?;
        decode::place(&mut scale, call)?;
        decode::check_name(&scale, call.name())?;
        Ok(scale)
    };
    write(call, &options, &change).await
}

/// The kind and the version of a scale, which need not be given.
fn named(scale: &Value) -> (String, String) {
    let given = |name: &str| scale.get(name).and_then(Value::as_str).filter(|given| !given.is_empty());
    (given("kind").unwrap_or(KIND).to_owned(), given("apiVersion").unwrap_or(VERSION).to_owned())
}

/// Decodes a `Scale` as Go would. Unknown fields are warned of or refused, as the options ask for.
fn decoded(
    call: &Call<'_>,
    given: Decoded,
    options: &WriteOptions,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<Value> {
    let mut scale = given.value;
    let (kind, version) = named(&scale);
    if (kind.as_str(), version.as_str()) != (KIND, VERSION) {
        return Err(refuse(&decode::wrong_kind(SCALE, &version, &kind)));
    }
    let unknown = go::round_trip(&mut scale, structure()?).map_err(|why| refuse(&why))?;
    let unknown: Vec<String> = unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
    decode::check_fields(call, &given.duplicates, &unknown, options.field_validation, refuse)?;
    Ok(scale)
}

/// The refusal of a scale that cannot be decoded. Where custom resources are served, Go's code looks for its type in a registry
/// that does not have it, and says no more than that.
fn refusal(call: &Call<'_>, (kind, version): (&str, &str), why: &str) -> Box<Status> {
    Status::bad_request(if call.resource.custom.is_some() {
        "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"".to_owned()
    } else {
        format!("{kind} in version \"{}\" cannot be handled as a {KIND}: {why}", decode::short(version))
    })
}

/// Writes what `change` makes of the scale, its `managedFields` included.
async fn write(
    call: &Call<'_>,
    options: &WriteOptions,
    change: &(dyn Fn(&Value, Author<'_>) -> Result<Value> + Send + Sync),
) -> Result<Reply> {
    let paths = paths(call)?;
    let change = |current: Option<&Value>| {
        let current = current.ok_or_else(|| call.not_found())?;
        let (live, entries) = live(call, paths, current)?;
        let time = generate::time(call.state.now());
        let custom = call.resource.custom.is_some();
        let scale = change(&live, Author { name: &options.manager, time: &time, custom })?;
        let mut object = with_replicas(call, paths, current, &scale)?;
        scale_fields::take(&mut object, entries, &scale)?;
        Ok(object)
    };
    let written = registry::write(&call.attributes(Subresource::Scale, options), Intent::Apply(&change)).await?;
    Reply::scale(&call.accept, call.resource, &read(paths, &written.object), call.state.now())
}

/// The scale that is about to be written, with its `managedFields`, and the entries that these come from.
fn live(call: &Call<'_>, paths: &Scale, current: &Value) -> Result<(Value, ScaleEntries)> {
    let entries = scale_fields::entries_of(call.resource, current)?;
    let mut live = read(paths, current);
    if number(current, &paths.spec_replicas_path).is_none() {
        live["spec"]["replicas"] = Value::from(UNSET);
    }
    scale_fields::give(&mut live, &entries);
    Ok((live, entries))
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
    let selector = match selector.as_deref().and_then(Value::as_str) {
        Some(selector) => selector.to_owned(),
        None if paths.label_selector_path.is_none() => selector::as_text(&object["spec"]["selector"]),
        None => String::new(),
    };
    if !selector.is_empty() {
        scale["status"]["selector"] = Value::String(selector);
    }
    scale
}

/// The object with the replicas of the scale, and with its resource version if the scale has one, so that a stale scale
/// is a conflict.
fn with_replicas(call: &Call<'_>, paths: &Scale, current: &Value, scale: &Value) -> Result<Value> {
    let replicas = &scale["spec"]["replicas"];
    let count = replicas.as_i64().unwrap_or(0);
    if count == UNSET {
        let path = &paths.spec_replicas_path;
        return Err(Status::bad_request(format!("the spec replicas field {path:?} cannot be empty")));
    }
    // Custom resources are checked as a whole, their paths of replicas included.
    if count < 0 && call.resource.custom.is_none() {
        let error = field::Error::invalid("spec.replicas", replicas, "must be greater than or equal to 0");
        return Err(Status::invalid(Details::kind("autoscaling", "Scale", call.name()), &[error]));
    }
    let mut object = current.clone();
    let version = object::text(scale, "resourceVersion");
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
    // If the spec is new, it has defaults.
    call.resource.strategy.complete(call.resource, &mut object)?;
    Ok(object)
}
