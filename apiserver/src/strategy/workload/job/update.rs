//! What of a job can be changed: how many pods at a time, deadlines, and the template while the job is suspended.
//!
//! Source: `ValidateJobSpecUpdate`, `validatePodTemplateUpdate`, `validationOptionsForJob`.

use serde_json::Value;

use super::policy;
use super::status::holds;
use crate::check::Field;

/// The parts of a template's pod that decide where it runs.
const SCHEDULING: [&str; 3] = ["nodeSelector", "tolerations", "schedulingGates"];

/// What was stored must stay.
pub(super) fn check(job: Field<'_>, old: Field<'_>) {
    let (spec, old_spec) = (job.get("spec"), old.get("spec"));
    check_completions(spec, old_spec);
    spec.get("selector").immutable(old_spec.get("selector"));
    check_template(spec, old_spec, is_mutable(old));
    spec.get("completionMode").immutable(old_spec.get("completionMode"));
    policy::check_same(spec, old_spec, "podFailurePolicy");
    for part in ["backoffLimitPerIndex", "managedBy"] {
        spec.get(part).immutable(old_spec.get(part));
    }
    policy::check_same(spec, old_spec, "successPolicy");
}

fn check_completions(spec: Field<'_>, old: Field<'_>) {
    let completions = spec.get("completions");
    if spec.get("completionMode").text() != "Indexed" {
        completions.immutable(old.get("completions"));
    } else if completions.is_set()
        && !completions.equals(old.get("completions"))
        && completions.int() != spec.get("parallelism").int()
    {
        completions.invalid("can only be modified in tandem with spec.parallelism");
    }
}

/// Whether the template can be changed: the job is suspended, and no pod of it runs.
fn is_mutable(old: Field<'_>) -> bool {
    let status = old.get("status");
    let is_idle = !status.get("startTime").is_set() || holds(status, "Suspended");
    old.get("spec").get("suspend").flag() && is_idle && status.get("active").int() == 0
}

/// What may be changed is first made the same in a copy of the old template, and the rest is compared.
fn check_template(spec: Field<'_>, old: Field<'_>, is_mutable: bool) {
    let template = spec.get("template");
    let mut before = old.get("template").value().clone();
    if !is_mutable {
        template.immutable(old.get("template"));
        return;
    }
    allow_scheduling(template.value(), &mut before);
    let pod = template.get("spec");
    for list in ["containers", "initContainers"] {
        if let Some(before) = before["spec"].get_mut(list) {
            allow_resources(&pod.value()[list], before);
        }
    }
    if pod.value() != &before["spec"] {
        pod.shown_as(spec.get("template.spec")).invalid("field is immutable");
    }
}

fn allow_scheduling(template: &Value, before: &mut Value) {
    for part in SCHEDULING {
        copy(&template["spec"], &mut before["spec"], part);
    }
    let node = &template["spec"]["affinity"]["nodeAffinity"];
    let Some(pod) = before["spec"].as_object_mut() else { return };
    let affinity = pod.entry("affinity").or_insert_with(|| Value::Object(serde_json::Map::new()));
    if let Some(affinity) = affinity.as_object_mut() {
        match node {
            Value::Null => affinity.remove("nodeAffinity"),
            node => affinity.insert("nodeAffinity".to_owned(), node.clone()),
        };
        if affinity.is_empty() && !template["spec"]["affinity"].is_object() {
            pod.remove("affinity");
        }
    }
}

/// The resources of containers may be others, if the containers are the same.
fn allow_resources(containers: &Value, before: &mut Value) {
    let (Some(containers), Some(before)) = (containers.as_array(), before.as_array_mut()) else { return };
    if containers.len() == before.len() {
        let pairs = containers.iter().zip(before);
        for (container, before) in pairs.filter(|(container, before)| container["name"] == before["name"]) {
            copy(container, before, "resources");
        }
    }
}

fn copy(from: &Value, to: &mut Value, name: &str) {
    let Some(to) = to.as_object_mut() else { return };
    match from.get(name) {
        Some(value) => to.insert(name.to_owned(), value.clone()),
        None => to.remove(name),
    };
}
