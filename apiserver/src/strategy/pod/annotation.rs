//! The annotations of a pod that mean something to the server.
//!
//! Source: `ValidatePodSpecificAnnotations`, `validateSeccompAnnotationsAndFields`, `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.

use serde_json::Value;

use super::containers;
use crate::check::Field;

const MIRROR: &str = "kubernetes.io/config.mirror";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Checks the annotations, which errors place at `annotations`.
pub(super) fn check_annotations(annotations: Field<'_>, spec: Field<'_>) {
    let mirror = annotations.key(MIRROR);
    if mirror.is_set() && spec.get("nodeName").text().is_empty() {
        mirror.invalid("must set spec.nodeName if mirror pod annotation is set");
    }
    let tolerations = annotations.key(TOLERATIONS);
    if !tolerations.text().is_empty()
        && let Err(why) = serde_json::from_str::<Vec<serde_json::Map<String, Value>>>(tolerations.text())
    {
        annotations.invalid_as(&Value::from(TOLERATIONS), why.to_string());
    }
    let cost = annotations.key(DELETION_COST);
    if cost.is_set() && !is_cost(cost.text()) {
        cost.invalid("must be a 32bit integer");
    }
    for (key, value) in annotations.entries() {
        if key == SECCOMP || key.starts_with(SECCOMP_CONTAINER) {
            check_seccomp(value.shown_as(annotations.get(key)));
        }
    }
    for (key, value) in annotations.entries() {
        if let Some(name) = key.strip_prefix(APP_ARMOR) {
            check_app_armor(value, name, spec);
        }
    }
}

/// A 32-bit integer without zeroes or a plus in front.
fn is_cost(text: &str) -> bool {
    text.parse::<i32>().is_ok_and(|cost| cost.to_string() == text)
}

fn check_seccomp(profile: Field<'_>) {
    match profile.text() {
        "runtime/default" | "docker/default" | "unconfined" => {}
        text => match text.strip_prefix("localhost/") {
            Some(path) => {
                if path.starts_with('/') {
                    profile.invalid_as(&Value::from(path), "must be a relative path");
                }
                if path.split('/').any(|part| part == "..") {
                    profile.invalid_as(&Value::from(path), "must not contain '..'");
                }
            }
            None => profile.invalid("must be a valid seccomp profile"),
        },
    }
}

fn check_app_armor(profile: Field<'_>, container: &str, spec: Field<'_>) {
    if !containers(spec).any(|one| one.get("name").text() == container) {
        profile.invalid_as(&Value::from(container), "container not found");
    }
    let text = profile.text();
    if !matches!(text, "" | "runtime/default" | "unconfined") && !text.starts_with("localhost/") {
        profile.invalid(format!("invalid AppArmor profile name: {text:?}"));
    }
}

/// Checks that annotations and fields for one thing say the same.
pub(super) fn check_match(annotations: Field<'_>, spec: Field<'_>) {
    let context = spec.get("securityContext");
    check_same(annotations.key(SECCOMP), context.get("seccompProfile"), "seccomp");
    for container in containers(spec) {
        let key = format!("{SECCOMP_CONTAINER}{}", container.get("name").text());
        let annotation = annotations.entries().find(|(name, _)| *name == key);
        if let Some((_, annotation)) = annotation {
            check_same(annotation, container.get("securityContext").get("seccompProfile"), "seccomp");
        }
    }
    if spec.get("os").get("name").text() == "windows" {
        return;
    }
    for container in containers(spec) {
        let key = format!("{APP_ARMOR}{}", container.get("name").text());
        let own = container.get("securityContext").get("appArmorProfile");
        let profile = if own.is_set() { own } else { context.get("appArmorProfile").shown_as(own) };
        if let Some((_, annotation)) = annotations.entries().find(|(name, _)| *name == key) {
            check_same(annotation, profile, "apparmor");
        }
    }
}

fn check_same(annotation: Field<'_>, profile: Field<'_>, what: &str) {
    if !annotation.is_set() || !profile.is_set() {
        return;
    }
    let text = annotation.text();
    let local = text.strip_prefix("localhost/");
    let is_same = match profile.get("type").text() {
        "Unconfined" => text == "unconfined",
        "RuntimeDefault" => text == "runtime/default" || what == "seccomp" && text == "docker/default",
        "Localhost" => local.is_some(),
        _ => return,
    };
    let kind = profile.value().get("type");
    if !is_same {
        profile.get("type").forbidden(format!("{what} type in annotation and field must match"));
    } else if kind.is_some_and(|kind| kind == "Localhost") && local != Some(profile.get("localhostProfile").text()) {
        profile.get("localhostProfile").forbidden(format!("{what} profile in annotation and field must match"));
    }
}

/// Checks that an update leaves alone what cannot be changed.
pub(super) fn check_update(annotations: Field<'_>, old: Field<'_>) {
    for (key, before) in old.entries() {
        let now = annotations.key(key);
        if now.is_set() && now.equals(before) {
            continue;
        }
        if key.starts_with(APP_ARMOR) {
            now.forbidden("may not remove or update AppArmor annotations");
        }
        if key == MIRROR {
            now.forbidden("may not remove or update mirror pod annotation");
        }
    }
    for (key, now) in annotations.entries().filter(|(key, _)| !old.key(key).is_set()) {
        if key.starts_with(APP_ARMOR) {
            now.forbidden("may not add AppArmor annotations");
        }
        if key == MIRROR {
            now.forbidden("may not add mirror pod annotation");
        }
    }
}

/// Whether a pod is the mirror of one that its node runs by itself.
pub(super) fn is_mirror(pod: Field<'_>) -> bool {
    pod.get("metadata").get("annotations").key(MIRROR).is_set()
}
