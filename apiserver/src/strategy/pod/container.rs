//! The containers of a pod: regular ones, those that run before, and those that were added to a running pod.
//!
//! Source: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers`.

use std::collections::BTreeSet;

use crdgen_schema::field::Error;
use serde_json::Value;

use super::{Surroundings, env, handler, mount, resources, security};
use crate::check::Field;

/// The fields that an ephemeral container may not have.
const NOT_EPHEMERAL: [&str; 9] = [
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
];

/// Checks the regular containers.
pub(super) fn check_regular(containers: Field<'_>, around: &Surroundings<'_>) {
    if containers.is_empty() {
        containers.required("");
        return;
    }
    let mut names = BTreeSet::new();
    for container in containers.items() {
        check_common(container, around);
        if !names.insert(container.get("name").text()) {
            container.get("name").duplicate();
        }
        handler::check_lifecycle(container.get("lifecycle"), around);
        handler::check_probes(container, around);
        check_restart_rules(container);
    }
    check_host_ports(containers, containers.items());
}

/// Checks the containers that run before the regular ones.
pub(super) fn check_init(spec: Field<'_>, around: &Surroundings<'_>) {
    const WHY: &str = "may not be set for init containers without restartPolicy=Always";
    let containers = spec.get("initContainers");
    let mut names: BTreeSet<&str> =
        spec.get("containers").items().map(|container| container.get("name").text()).collect();
    for container in containers.items() {
        check_common(container, around);
        if require_restart_policy(container) {
            check_restart_rules(container);
        }
        let name = container.get("name");
        if names.contains(name.text()) {
            name.duplicate();
        } else if !name.text().is_empty() {
            names.insert(name.text());
        }
        check_host_ports(containers, std::iter::once(container));
        let is_sidecar = container.get("restartPolicy").text() == "Always";
        if is_sidecar {
            handler::check_lifecycle(container.get("lifecycle"), around);
            handler::check_probes(container, around);
            continue;
        }
        for name in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if container.get(name).is_set() {
                container.get(name).forbidden(WHY);
            }
        }
        for policy in container.get("resizePolicy").items().map(|policy| policy.get("restartPolicy")) {
            if policy.text() == "RestartContainer" {
                policy.invalid("must not be set to 'RestartContainer' for non-sidecar initContainers");
            }
        }
    }
}

/// Checks the containers that were added to a running pod.
pub(super) fn check_ephemeral(spec: Field<'_>, around: &Surroundings<'_>) {
    const WHY: &str = "cannot be set for an Ephemeral Container";
    let others: BTreeSet<&str> = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| spec.get(list).items())
        .map(|container| container.get("name").text())
        .collect();
    let mut names = others.clone();
    for container in spec.get("ephemeralContainers").items() {
        check_common(container, around);
        check_image(container);
        if !names.insert(container.get("name").text()) {
            container.get("name").duplicate();
        }
        let target = container.get("targetContainerName");
        if !target.text().is_empty() && !others.contains(target.text()) {
            target.not_found();
        }
        for field in NOT_EPHEMERAL.map(|name| container.get(name)).into_iter().filter(|field| field.is_set()) {
            if !field.value().as_object().is_some_and(serde_json::Map::is_empty) {
                field.forbidden(WHY);
            }
        }
        for mount in container.get("volumeMounts").items() {
            for path in ["subPath", "subPathExpr"].map(|name| mount.get(name)) {
                if !path.text().is_empty() {
                    path.forbidden(WHY);
                }
            }
        }
    }
}

/// What a pod demands of an image and a template does not.
pub(super) fn check_image(container: Field<'_>) {
    let image = container.get("image");
    if image.text().trim() != image.text() {
        image.invalid("must not have leading or trailing whitespace");
    }
}

/// What all containers have in common.
fn check_common(container: Field<'_>, around: &Surroundings<'_>) {
    if container.get("name").require_text() {
        container.get("name").dns_label();
    }
    container.get("image").require_text();
    container.get("terminationMessagePolicy").require_one_of(&["File", "FallbackToLogsOnError"]);
    check_ports(container.get("ports"));
    env::check_env(container);
    mount::check_mounts(container, around);
    container.get("imagePullPolicy").require_one_of(&["Always", "IfNotPresent", "Never"]);
    resources::check_container(container.get("resources"), around);
    check_resize_policy(container.get("resizePolicy"), around);
    security::check_container(container.get("securityContext"), around);
}

fn check_ports(ports: Field<'_>) {
    let mut names = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.text().is_empty() {
            let before = name.reported();
            name.port_name();
            if name.reported() == before && !names.insert(name.text()) {
                name.duplicate();
            }
        }
        let number = port.get("containerPort");
        if number.int() == 0 {
            number.required("");
        } else {
            number.port_number();
        }
        if port.get("hostPort").int() != 0 {
            port.get("hostPort").port_number();
        }
        port.get("protocol").require_one_of(&["SCTP", "TCP", "UDP"]);
    }
}

/// No two ports of these containers may be the same on the host.
fn check_host_ports<'a>(list: Field<'a>, containers: impl Iterator<Item = Field<'a>>) {
    let mut taken = BTreeSet::new();
    for (index, container) in containers.enumerate() {
        for (at, port) in container.get("ports").items().enumerate() {
            let number = port.get("hostPort");
            if number.int() == 0 {
                continue;
            }
            let text = format!("{}/{}/{}", port.get("protocol").text(), port.get("hostIP").text(), number.int());
            let place = list.at(index).get("ports").at(at).get("hostPort");
            if taken.contains(&text) {
                place.report(Error::duplicate(place.path(), &Value::from(text)));
            } else {
                taken.insert(text);
            }
        }
    }
}

/// Go's errors name no index.
fn check_resize_policy(policies: Field<'_>, around: &Surroundings<'_>) {
    let mut seen = BTreeSet::new();
    for policy in policies.items() {
        let resource = policy.get("resourceName");
        if !seen.insert(resource.text()) {
            resource.shown_as(policy).duplicate();
        }
        resource.shown_as(policies).require_one_of(&["cpu", "memory"]);
        let restart = policy.get("restartPolicy").shown_as(policies);
        restart.require_one_of(&["NotRequired", "RestartContainer"]);
        if around.restart_policy == "Never" && restart.text() != "NotRequired" {
            restart.invalid("must be 'NotRequired' when pod `restartPolicy` is 'Never'");
        }
    }
}

/// A container with rules must say when it is started again. Returns whether it does.
fn require_restart_policy(container: Field<'_>) -> bool {
    let policy = container.get("restartPolicy");
    if !policy.is_set() && !container.get("restartPolicyRules").is_empty() {
        policy.required("must specify restartPolicy when restart rules are used");
    }
    policy.is_set()
}

/// When a container is started again (`validateContainerRestartPolicy`).
fn check_restart_rules(container: Field<'_>) {
    let rules = container.get("restartPolicyRules");
    if require_restart_policy(container) {
        container.get("restartPolicy").one_of(&["Always", "Never", "OnFailure"]);
    }
    if rules.len() > 20 {
        rules.too_many(20);
    }
    for rule in rules.items() {
        rule.get("action").one_of(&["Restart", "RestartAllContainers"]);
        let codes = rule.get("exitCodes");
        if codes.is_set() {
            codes.get("operator").one_of(&["In", "NotIn"]);
            if codes.get("values").len() > 255 {
                codes.get("values").too_many(255);
            }
        } else {
            codes.required("must be specified");
        }
    }
}
