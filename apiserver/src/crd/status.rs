//! The status of CRDs: conditions and accepted names.
//!
//! In: a CRD. Out: the CRD with an updated status, or marked as being deleted.

use serde_json::{Value, json};

use super::names::{Granted, Taken};
use crate::object::{self, meta};

/// The finalizer that keeps a CRD until its objects are gone.
pub(crate) const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The CRD with its accepted names and the conditions that follow from them; `None` if its status is right already.
pub(crate) fn reconciled(crd: &Value, taken: &Taken, time: &Value) -> Option<Value> {
    let Granted { names, conflict } = taken.grant(crd);
    let accepted = conflict.is_none();
    let (reason, message) = conflict.unwrap_or(("NoConflicts", "no conflicts found".to_owned()));
    let told = condition(crd, "NamesAccepted").is_some_and(|told| {
        told["status"] == if accepted { "True" } else { "False" }
            && told["reason"] == reason
            && told["message"] == message.as_str()
    });
    let established = if accepted { is_established(crd) } else { condition(crd, "Established").is_some() };
    if told && established && crd["status"]["acceptedNames"] == names {
        return None;
    }
    let mut crd = crd.clone();
    crd["status"]["acceptedNames"] = names;
    set_condition(&mut crd, "NamesAccepted", accepted, reason, &message, time);
    if accepted && !established {
        let message = "the initial names have been accepted";
        set_condition(&mut crd, "Established", true, "InitialNamesAccepted", message, time);
    } else if !established {
        set_condition(&mut crd, "Established", false, "NotAccepted", "not all names are accepted", time);
    }
    Some(crd)
}

/// Whether its resources are served.
pub(crate) fn is_established(crd: &Value) -> bool {
    condition(crd, "Established").is_some_and(|condition| condition["status"] == "True")
}

/// What the first deletion request makes of a CRD: it has a deletion timestamp and the condition `Terminating`.
pub(crate) fn mark_terminating(crd: &mut Value, time: &Value) {
    object::set(crd, "deletionTimestamp", time.clone());
    let mut finalizers = meta(crd, "finalizers").and_then(Value::as_array).cloned().unwrap_or_default();
    if !finalizers.contains(&json!(CLEANUP)) {
        finalizers.push(json!(CLEANUP));
    }
    object::set(crd, "finalizers", Value::Array(finalizers));
    let message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon";
    set_condition(crd, "Terminating", true, "InstanceDeletionPending", message, time);
}

/// The CRD with the condition that its objects are being deleted and wait for their finalizers.
pub(crate) fn deleting_instances(crd: &Value, time: &Value) -> Value {
    let mut crd = crd.clone();
    let message = "CustomResource deletion is in progress";
    set_condition(&mut crd, "Terminating", true, "InstanceDeletionInProgress", message, time);
    crd
}

fn condition<'a>(crd: &'a Value, kind: &str) -> Option<&'a Value> {
    crd["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == kind)
}

/// Sets a condition. Its transition time changes only if its status does.
fn set_condition(crd: &mut Value, kind: &str, holds: bool, reason: &str, message: &str, time: &Value) {
    let status = if holds { "True" } else { "False" };
    let old = condition(crd, kind).filter(|condition| condition["status"] == status);
    let since = old.map_or(time, |condition| &condition["lastTransitionTime"]).clone();
    let new =
        json!({"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message});
    if !crd["status"]["conditions"].is_array() {
        crd["status"]["conditions"] = json!([]);
    }
    let Some(conditions) = crd["status"]["conditions"].as_array_mut() else { return };
    match conditions.iter_mut().find(|condition| condition["type"] == kind) {
        Some(old) => *old = new,
        None => conditions.push(new),
    }
}
