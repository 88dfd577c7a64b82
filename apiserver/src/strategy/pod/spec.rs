//! The spec of a pod, in a pod or in a template.
//!
//! Source: `ValidatePodSpec`.

use std::collections::BTreeSet;

use crdgen_schema::name;

use super::{Setting, Surroundings, container, containers, resources, scheduling, security, volume, windows};
use crate::check::Field;

/// Reports what is wrong with a spec.
pub(super) fn check_spec(spec: Field<'_>, setting: &Setting<'_>) {
    let grace_period = spec.get("terminationGracePeriodSeconds");
    if !grace_period.is_set() {
        grace_period.required("");
    }
    let around = Surroundings {
        volumes: volume::check_volumes(spec.get("volumes"), setting),
        claims: spec.get("resourceClaims").items().map(|claim| claim.get("name").text()).collect(),
        restart_policy: spec.get("restartPolicy").text(),
        host_users: spec.get("hostUsers").value() != &serde_json::Value::Bool(false),
        grace_period: grace_period.value().as_i64(),
        os: spec.get("os").get("name").text(),
    };
    check_resource_claims(spec.get("resourceClaims"));
    container::check_regular(spec.get("containers"), &around);
    container::check_init(spec, &around);
    container::check_ephemeral(spec, &around);
    resources::check_pod(spec, &around);
    check_host_network(spec, setting);
    spec.get("restartPolicy").require_one_of(&["Always", "OnFailure", "Never"]);
    spec.get("dnsPolicy").require_one_of(&["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    spec.get("nodeSelector").labels();
    security::check_pod(spec, setting);
    scheduling::check_affinity(spec.get("affinity"), setting.checks_values);
    check_dns(spec);
    for gate in spec.get("readinessGates").items() {
        gate.get("conditionType").qualified_name();
    }
    scheduling::check_gates(spec.get("schedulingGates"));
    scheduling::check_spread(spec.get("topologySpreadConstraints"), setting.checks_values);
    windows::check_host_process(spec);
    check_host_users(spec, &around);
    check_host_name(spec);
    check_names(spec);
    scheduling::check_tolerations(spec.get("tolerations"));
    for alias in spec.get("hostAliases").items() {
        alias.get("ip").ip();
        alias.get("hostnames").items().for_each(Field::dns_subdomain);
    }
    check_classes(spec);
    if spec.get("os").is_set() {
        windows::check_system(spec);
    }
    check_file_keys(spec);
}

fn check_resource_claims(claims: Field<'_>) {
    let mut names = BTreeSet::new();
    for claim in claims.items() {
        let name = claim.get("name");
        if name.text().is_empty() {
            name.required("");
        } else if !names.insert(name.text()) {
            name.duplicate();
        } else {
            name.dns_label();
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"].map(|name| claim.get(name));
        match sources.map(Field::is_set) {
            [true, true] => {
                claim.invalid("at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            }
            [false, false] => claim.invalid("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"),
            _ => {}
        }
        sources.into_iter().filter(|source| source.is_set()).for_each(Field::dns_subdomain);
    }
}

/// On the network of its host a container's ports are those of the host. A template may leave them open.
fn check_host_network(spec: Field<'_>, setting: &Setting<'_>) {
    if !spec.get("hostNetwork").flag() {
        return;
    }
    for port in spec.get("containers").items().flat_map(|container| container.get("ports").items()) {
        let (on_host, own) = (port.get("hostPort"), port.get("containerPort"));
        if (setting.is_pod || on_host.int() != 0) && on_host.int() != own.int() {
            on_host.invalid_number("must match `containerPort` when `hostNetwork` is true");
        }
    }
}

fn check_dns(spec: Field<'_>) {
    let (config, policy) = (spec.get("dnsConfig"), spec.get("dnsPolicy").text());
    let (servers, searches) = (config.get("nameservers"), config.get("searches"));
    if policy == "None" && !config.is_set() {
        config.required("must provide `dnsConfig` when `dnsPolicy` is None");
        return;
    }
    if policy == "None" && servers.is_empty() {
        servers.required("must provide at least one DNS nameserver when `dnsPolicy` is None");
        return;
    }
    if servers.len() > 3 {
        servers.invalid("must not have more than 3 nameservers");
    }
    servers.items().for_each(Field::ip);
    if searches.len() > 32 {
        searches.invalid("must not have more than 32 search paths");
    }
    let length: usize = searches.items().map(|search| search.text().len() + 1).sum();
    if length > 2049 {
        searches.invalid("must not have more than 2048 characters (including spaces) in the search list");
    }
    for search in searches.items().filter(|search| search.text() != ".") {
        let text = search.text().strip_suffix('.').unwrap_or(search.text());
        search.invalid_text_for(text, name::dns_subdomain_with_underscore(text));
    }
    for option in config.get("options").items().filter(|option| option.get("name").text().is_empty()) {
        option.required("must not be empty");
    }
}

/// With users of its own a pod shares nothing else with its host.
fn check_host_users(spec: Field<'_>, around: &Surroundings<'_>) {
    const WHY: &str = "when `hostUsers` is false";
    if around.host_users {
        return;
    }
    for (name, shown) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        if spec.get(name).flag() {
            spec.get(shown).forbidden(WHY);
        }
    }
    for devices in containers(spec).map(|container| container.get("volumeDevices")) {
        if !devices.is_empty() {
            devices.forbidden(WHY);
        }
    }
}

fn check_host_name(spec: Field<'_>) {
    let name = spec.get("hostnameOverride");
    if !name.is_set() {
        return;
    }
    if spec.get("setHostnameAsFQDN").flag() {
        name.forbidden("may not be specified when setHostnameAsFQDN is true");
    }
    if spec.get("hostNetwork").flag() {
        name.forbidden("may not be specified when hostNetwork is true");
    }
    if name.text().len() > 64 {
        name.too_long(64);
    }
    name.dns_subdomain();
}

fn check_names(spec: Field<'_>) {
    let given = |name| Some(spec.get(name)).filter(|field| !field.text().is_empty());
    for name in ["serviceAccountName", "nodeName"].into_iter().filter_map(given) {
        name.dns_subdomain();
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_set() {
        deadline.in_range(1, i64::from(i32::MAX));
    }
    for name in ["hostname", "subdomain"].into_iter().filter_map(given) {
        name.dns_label();
    }
}

fn check_classes(spec: Field<'_>) {
    let (priority, runtime) = (spec.get("priorityClassName"), spec.get("runtimeClassName"));
    if !priority.text().is_empty() {
        priority.dns_subdomain();
    }
    if runtime.is_set() {
        runtime.dns_subdomain();
    }
    let preemption = spec.get("preemptionPolicy");
    if preemption.is_set() {
        preemption.require_one_of(&["PreemptLowerPriority", "Never"]);
    }
    resources::check_overhead(spec.get("overhead"));
}

/// The files that variables are read from stand in empty directories.
fn check_file_keys(spec: Field<'_>) {
    for variable in containers(spec).flat_map(|container| container.get("env").items()) {
        let reference = variable.get("valueFrom").get("fileKeyRef");
        let name = reference.get("volumeName");
        if !reference.is_set() {
            continue;
        }
        match spec.get("volumes").items().find(|volume| volume.get("name").text() == name.text()) {
            None => name.not_found(),
            Some(volume) if !volume.get("emptyDir").is_set() => {
                name.invalid("referenced volume must be of type emptyDir");
            }
            Some(_) => {}
        }
    }
}
