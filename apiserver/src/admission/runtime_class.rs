//! What pods get from the classes of their runtimes.
//!
//! Source: `k8s.io/kubernetes/plugin/pkg/admission/runtimeclass`, `pkg/util/tolerations`.

use crdgen_schema::name;
use serde_json::{Map, Value, json};

use super::Review;
use crate::status::{Result, Status};
use crate::strategy::PODS;
use crate::strategy::runtime_class::RUNTIME_CLASSES;

/// Sets the overhead, and where the pod can run.
pub(super) fn mutate(review: &mut Review<'_>) -> Result<()> {
    if !review.creates(PODS) {
        return Ok(());
    }
    let Some(class) = class(review)? else { return Ok(()) };
    let overhead = &class["overhead"]["podFixed"];
    let own = &review.object["spec"]["overhead"];
    if !class["overhead"].is_null() {
        if own.as_object().is_some_and(|own| !own.is_empty()) && own != overhead {
            return Err(review.forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"));
        }
        review.object["spec"]["overhead"] = overhead.clone();
    }
    let scheduling = &class["scheduling"];
    if scheduling.is_null() {
        return Ok(());
    }
    let mut selector = review.object["spec"]["nodeSelector"].as_object().cloned().unwrap_or_else(Map::new);
    for (key, wanted) in scheduling["nodeSelector"].as_object().into_iter().flatten() {
        if let Some(own) = selector.get(key).filter(|own| *own != wanted) {
            let (own, wanted) = (own.as_str().unwrap_or_default(), wanted.as_str().unwrap_or_default());
            let why = format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {wanted}; pod.spec.nodeSelector[{key}] = {own}"
            );
            return Err(review.forbidden(&why));
        }
        selector.insert(key.clone(), wanted.clone());
    }
    let spec = &mut review.object["spec"];
    if !selector.is_empty() {
        spec["nodeSelector"] = Value::Object(selector);
    }
    let merged = merge(&spec["tolerations"], &scheduling["tolerations"]);
    if !merged.is_empty() {
        spec["tolerations"] = json!(merged);
    }
    Ok(())
}

/// Refuses an overhead that the class does not have.
pub(super) fn validate(review: &Review<'_>) -> Result<()> {
    if !review.creates(PODS) {
        return Ok(());
    }
    let overhead = class(review)?.map_or(Value::Null, |class| class["overhead"].clone());
    let own = &review.object["spec"]["overhead"];
    if overhead.is_null() && !own.is_null() {
        let why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        return Err(review.forbidden(why));
    }
    if !overhead.is_null() && overhead["podFixed"] != *own {
        return Err(review.forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"));
    }
    Ok(())
}

/// The class that a pod names.
fn class(review: &Review<'_>) -> Result<Option<Value>> {
    let Some(name) = review.object["spec"]["runtimeClassName"].as_str() else { return Ok(None) };
    // The class is asked for by a path.
    let faults = name::path_segment(name);
    if !faults.is_empty() {
        return Err(Status::unclassified(format!("invalid resource name {name:?}: [{}]", faults.join(" "))));
    }
    match review.attributes.state.store.get(RUNTIME_CLASSES, name) {
        Some(stored) => Ok(Some(stored.into_value())),
        None => Err(review.forbidden(&format!("pod rejected: RuntimeClass \"{name}\" not found"))),
    }
}

/// Both lists, without what another item covers (`MergeTolerations`).
fn merge(first: &Value, second: &Value) -> Vec<Value> {
    let all: Vec<&Value> = [first, second].into_iter().filter_map(Value::as_array).flatten().collect();
    let mut merged: Vec<Value> = Vec::new();
    for (index, one) in all.iter().enumerate() {
        let is_covered = merged.iter().any(|other| covers(other, one));
        if !is_covered && !all[index + 1..].iter().any(|other| other != one && covers(other, one)) {
            merged.push((*one).clone());
        }
    }
    merged
}

/// Whether a toleration tolerates all that another one does.
fn covers(wide: &Value, narrow: &Value) -> bool {
    let part = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let (key, operator, effect) = (part(wide, "key"), part(wide, "operator"), part(wide, "effect"));
    if wide == narrow {
        return true;
    }
    if part(narrow, "key") != key && (!key.is_empty() || operator != "Exists") {
        return false;
    }
    if part(narrow, "effect") != effect && !effect.is_empty() {
        return false;
    }
    if effect == "NoExecute"
        && let Some(seconds) = wide["tolerationSeconds"].as_i64()
        && narrow["tolerationSeconds"].as_i64().is_none_or(|narrow| narrow > seconds)
    {
        return false;
    }
    match operator.as_str() {
        "Exists" => true,
        "" | "Equal" => part(narrow, "operator") == "Equal" && part(narrow, "value") == part(wide, "value"),
        _ => false,
    }
}
