//! What `kubectl apply` leaves in an annotation: the last configuration. When somebody goes over to server-side apply with
//! kubectl, fields that still have the values of the annotation do not conflict. The annotation is kept up to date, so that one can go
//! back.
//!
//! Source: `lastappliedmanager.go`, `lastappliedupdater.go` in `k8s.io/apimachinery/pkg/util/managedfields/internal`.

use serde_json::{Map, Value};

use super::field_set::FieldSet;
use super::shape::Shape;
use super::typed::{Comparison, Duplicates, to_set, validate};
use crate::json;
use crate::object::meta;

const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The manager for which the annotation counts.
pub(super) const MANAGER: &str = "kubectl";

/// The largest total size of an object's annotations, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;

/// The fields of the last configuration that still have the values that it gave them.
pub(super) fn untouched(live: &Value, api_version: &str, shape: Shape<'_>) -> Option<FieldSet> {
    validate(live, shape, Duplicates::Refused).ok()?;
    let last: Value = serde_json::from_str(annotation(live)?).ok()?;
    if last["apiVersion"] != api_version || last["kind"] != live["kind"] {
        return None;
    }
    validate(&last, shape, Duplicates::Refused).ok()?;
    let differences = Comparison::of(&last, live, shape).ok()?;
    let mut fields = to_set(&last, shape);
    fields.subtract(&differences.modified);
    fields.subtract(&differences.added);
    fields.subtract(&differences.removed);
    Some(fields)
}

/// Sets the annotation to the configuration that was applied, if the object has the annotation.
pub(super) fn refresh(object: &mut Value, applied: &Value) {
    if annotation(object).is_none() {
        return;
    }
    let text = text_of(applied);
    let annotations = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("annotations"));
    let Some(annotations) = annotations.and_then(Value::as_object_mut) else { return };
    annotations.insert(ANNOTATION.to_owned(), Value::String(text));
    if size(annotations) > SIZE_LIMIT {
        annotations.remove(ANNOTATION);
    }
}

/// The annotation, if there is anything in it.
fn annotation(object: &Value) -> Option<&str> {
    meta(object, "annotations")?.get(ANNOTATION)?.as_str().filter(|text| !text.is_empty())
}

/// A configuration as text, without the annotation.
fn text_of(applied: &Value) -> String {
    let mut applied = applied.clone();
    let annotations = applied.get_mut("metadata").and_then(|metadata| metadata.get_mut("annotations"));
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.remove(ANNOTATION);
    }
    let mut text = String::from_utf8_lossy(&json::compact(&applied)).into_owned();
    text.push('\n');
    text
}

fn size(annotations: &Map<String, Value>) -> usize {
    annotations.iter().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum()
}
