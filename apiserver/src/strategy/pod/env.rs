//! Environment variables of containers, and the fields of a pod that they can show.
//!
//! Source: `ValidateEnv`, `ValidateEnvFrom`, `validateObjectFieldSelector`, `validateContainerResourceFieldSelector`.

use crdgen_schema::name;
use serde_json::Value;

use crate::check::Field;
use crate::check::quantity::HUGE_PAGES;

/// The fields of a pod that a variable can show.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// The fields that downward API knows, of which variables and volumes can show some.
const KNOWN: [&str; 15] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "spec.host",
];

/// The resources of a container that can be shown.
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// Checks the variables of a container.
pub(super) fn check_env(container: Field<'_>) {
    for variable in container.get("env").items() {
        if variable.get("name").require_text() {
            check_name(variable.get("name"));
        }
        if variable.get("valueFrom").is_set() {
            check_source(variable);
        }
    }
    check_env_from(container.get("envFrom"));
}

/// `IsRelaxedEnvVarName`
fn check_name(name: Field<'_>) {
    if name.text().chars().any(|c| !(' '..='~').contains(&c) || c == '=') {
        name.invalid(
            "a valid environment variable name must consist only of printable ASCII characters other than '='",
        );
    }
}

fn check_source(variable: Field<'_>) {
    let source = variable.get("valueFrom");
    let names = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let given: Vec<(&str, Field<'_>)> =
        names.into_iter().map(|name| (name, source.get(name))).filter(|(_, field)| field.is_set()).collect();
    for (name, field) in &given {
        match *name {
            "fieldRef" => check_field_ref(*field, &FIELDS),
            "resourceFieldRef" => check_resource_ref(*field, false),
            "fileKeyRef" => check_file_key(*field),
            _ => check_key(*field),
        }
    }
    let invalid = |why: &str| source.invalid_as(&Value::from(""), why);
    match given.len() {
        0 => invalid(
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        ),
        _ if !variable.get("value").text().is_empty() => invalid("may not be specified when `value` is not empty"),
        1 => {}
        _ => invalid("may not have more than one field specified at a time"),
    }
}

/// Checks a reference to a field of the pod, which must be one of `fields` or an entry of its labels or annotations.
pub(super) fn check_field_ref(reference: Field<'_>, fields: &[&str]) {
    let (version, path) = (reference.get("apiVersion"), reference.get("fieldPath"));
    if !version.require_text() || !path.require_text() {
        return;
    }
    let text = path.text();
    let unknown = |why: &str| path.invalid(format!("error converting fieldPath: {why}"));
    if version.text() != "v1" {
        return unknown(&format!("unsupported pod version: {}", version.text()));
    }
    match subscript(text) {
        Some(("metadata.annotations", key)) => {
            reference.invalid_text_for(&key.to_lowercase(), name::label_key(&key.to_lowercase()));
        }
        Some(("metadata.labels", key)) => reference.invalid_text_for(key, name::label_key(key)),
        Some(_) => unknown(&format!("field label does not support subscript: {text}")),
        None if !KNOWN.contains(&text) => unknown(&format!("field label not supported: {text}")),
        None if !fields.contains(&text) && text != "spec.host" => {
            let mut known = fields.to_vec();
            known.sort_unstable();
            path.not_supported(&known);
        }
        None => {}
    }
}

/// `metadata.labels['a']` as the path and the key.
fn subscript(text: &str) -> Option<(&str, &str)> {
    text.strip_suffix("']")?.split_once("['").filter(|(path, _)| !path.is_empty())
}

/// Checks a reference to a resource of a container; in a volume it must name the container.
pub(super) fn check_resource_ref(reference: Field<'_>, in_volume: bool) {
    let resource = reference.get("resource");
    let huge = ["requests.", "limits."]
        .iter()
        .any(|kind| resource.text().strip_prefix(kind).is_some_and(|name| name.starts_with(HUGE_PAGES)));
    if in_volume && reference.get("containerName").text().is_empty() {
        reference.get("containerName").required("");
    } else if resource.text().is_empty() {
        resource.required("");
    } else if !huge && !RESOURCES.contains(&resource.text()) {
        resource.not_supported(&RESOURCES);
    }
    check_divisor(reference, huge);
}

fn check_divisor(reference: Field<'_>, huge: bool) {
    const SIZES: [&str; 13] = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let (resource, divisor) = (reference.get("resource"), reference.get("divisor"));
    if divisor.quantity().sign() == 0 {
        return;
    }
    let kind = match resource.text().split_once('.') {
        Some((_, "cpu")) if !["1m", "1"].contains(&divisor.text()) => {
            resource.shown_as(divisor).invalid("only divisor's values 1m and 1 are supported with the cpu resource");
            return;
        }
        Some((_, "memory")) => "memory",
        Some((_, "ephemeral-storage")) => "local ephemeral storage",
        _ if huge => "hugepages",
        _ => return,
    };
    if !SIZES.contains(&divisor.text()) {
        let sizes = SIZES.join(", ");
        resource
            .shown_as(divisor)
            .invalid(format!("only divisor's values {sizes} are supported with the {kind} resource"));
    }
}

/// A key of a config map or secret.
fn check_key(reference: Field<'_>) {
    reference.get("name").dns_subdomain();
    if reference.get("key").require_text() {
        reference.get("key").data_key();
    }
}

fn check_file_key(reference: Field<'_>) {
    if reference.get("key").require_text() {
        check_name(reference.get("key"));
    }
    if reference.get("volumeName").require_text() {
        reference.get("volumeName").dns_label();
    }
    if reference.get("path").require_text() {
        reference.get("path").no_backsteps();
    }
}

fn check_env_from(sources: Field<'_>) {
    for source in sources.items() {
        if !source.get("prefix").text().is_empty() {
            check_name(source.get("prefix"));
        }
        let given: Vec<Field<'_>> = ["configMapRef", "secretRef"]
            .map(|name| source.get(name))
            .into_iter()
            .filter(|field| field.is_set())
            .collect();
        for reference in given.iter().map(|reference| reference.get("name")) {
            if reference.require_text() {
                reference.invalid_for(name::dns_subdomain(&name::as_prefix(reference.text())));
            }
        }
        match given.len() {
            0 => sources.invalid_as(&Value::from(""), "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => sources.invalid_as(&Value::from(""), "may not have more than one field specified at a time"),
        }
    }
}
