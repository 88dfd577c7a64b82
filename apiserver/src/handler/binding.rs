//! `POST` to `/binding` of a pod, or to `bindings`: a scheduler says on which node a pod runs.
//!
//! Source: `BindingREST` in `k8s.io/kubernetes/pkg/registry/core/pod/storage`.

use serde_json::{Value, json};

use super::{Call, decode};
use crate::check::Check;
use crate::object::{self, condition, generate, meta, text};
use crate::registry::{Attributes, change_directly};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};

/// Binds the pod that the path or the body names to the node that the body names.
pub(super) fn bind(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "CreateOptions")?;
    let binding = decode::read_as(call, &["v1"], "Binding", options.field_validation)?;
    let name = text(&binding, "name");
    if !call.name().is_empty() && name != call.name() {
        return Err(Status::bad_request("name in URL does not match name in Binding object"));
    }
    check(&binding)?;
    let time = generate::time(call.state.now());
    let pods = call.state.resource("", "v1", "pods").ok_or_else(Status::no_such_path)?;
    let attributes = Attributes { resource: &pods, name, ..call.attributes(Subresource::Main, &options) };
    change_directly(&attributes, |pod| {
        check_preconditions(&binding, pod)?;
        if let Some(why) = unbindable(pod) {
            let details = Details::kind("", "pods/binding", name);
            return Err(Status::conflict(details, &format!("pod {name} {why}")));
        }
        assign(pod, &binding, &time);
        Ok(())
    })?;
    Ok(Reply::status(&call.accept, &Status::created()))
}

/// `ValidatePodBinding`: its errors have no class of their own.
fn check(binding: &Value) -> Result<()> {
    let errors = Check::of(binding, |binding| {
        let target = binding.get("target");
        if !matches!(target.get("kind").text(), "" | "Node") {
            target.get("kind").not_supported(&["Node", "<empty>"]);
        }
        target.get("name").require_text();
    });
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    match texts.as_slice() {
        [] => Ok(()),
        [only] => Err(Status::unclassified(only.as_str())),
        all => Err(Status::unclassified(format!("[{}]", all.join(", ")))),
    }
}

/// A binding may say which pod it means.
fn check_preconditions(binding: &Value, pod: &Value) -> Result<()> {
    for (field, name) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let (wanted, found) = (text(binding, field), text(pod, field));
        if !wanted.is_empty() && wanted != found {
            let details = Details::kind("", "pods", text(pod, "name"));
            let why = format!("Precondition failed: {name} in precondition: {wanted}, {name} in object meta: {found}");
            return Err(Status::conflict(details, &why));
        }
    }
    Ok(())
}

/// Why a pod cannot be bound.
fn unbindable(pod: &Value) -> Option<String> {
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    if meta(pod, "deletionTimestamp").is_some() {
        Some("is being deleted, cannot be assigned to a host".to_owned())
    } else if !node.is_empty() {
        Some(format!("is already assigned to node {node:?}"))
    } else if pod["spec"]["schedulingGates"].as_array().is_some_and(|gates| !gates.is_empty()) {
        Some("has non-empty .spec.schedulingGates".to_owned())
    } else {
        None
    }
}

fn assign(pod: &mut Value, binding: &Value, time: &str) {
    pod["spec"]["nodeName"] = binding["target"]["name"].clone();
    if let Some(status) = pod["status"].as_object_mut() {
        status.remove("nominatedNodeName");
    }
    for part in ["annotations", "labels"] {
        let added = meta(binding, part).and_then(Value::as_object).cloned().unwrap_or_default();
        if added.is_empty() {
            continue;
        }
        let mut all = meta(pod, part).and_then(Value::as_object).cloned().unwrap_or_default();
        all.extend(added);
        object::set(pod, part, Value::Object(all));
    }
    condition::update(pod, json!({"type": "PodScheduled", "status": "True"}), time);
}
