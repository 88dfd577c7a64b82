//! The rules of the level `baseline`, in the order of their names.
//!
//! Source: `k8s.io/pod-security-admission/policy`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::level::Level;
use super::violation::{Pod, Violation, if_any, plural, quoted, set, setters, text};

const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Kernel parameters, and the versions in which they became allowed.
const SYSCTLS: [(&str, u32); 12] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
];

/// The rules that a pod breaks. Some have a stricter form in the level `restricted`.
pub(super) fn check(pod: &Pod<'_>) -> Vec<Violation> {
    let replaced_since = |minor: u32| pod.standard.level == Level::Restricted && pod.standard.has(minor);
    [
        app_armor(pod),
        (!replaced_since(22)).then(|| capabilities(pod)).flatten(),
        host_namespaces(pod),
        (!replaced_since(0)).then(|| host_paths(pod)).flatten(),
        host_ports(pod),
        pod.standard.has(34).then(|| hosts(pod)).flatten(),
        privileged(pod),
        (!replaced_since(35) && !pod.is_in_user_namespace()).then(|| proc_mount(pod)).flatten(),
        se_linux(pod),
        (!replaced_since(19)).then(|| seccomp(pod)).flatten(),
        sysctls(pod),
        host_process(pod),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn app_armor(pod: &Pod<'_>) -> Option<Violation> {
    const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
    let kind = |of: &Value| {
        let profile = &of["securityContext"]["appArmorProfile"];
        let kind = text(&profile["type"]).to_owned();
        (!profile.is_null() && !["RuntimeDefault", "Localhost"].contains(&kind.as_str())).then_some(kind)
    };
    let of_pod = kind(pod.spec);
    let bad = pod.bad(|container| kind(container).is_some());
    let kinds: BTreeSet<String> = of_pod.iter().cloned().chain(pod.containers().filter_map(kind)).collect();
    let is_allowed = |value: &str| value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
    let entries = pod.metadata["annotations"].as_object().into_iter().flatten();
    let mut annotations: Vec<String> = entries
        .filter(|(key, value)| key.starts_with(ANNOTATION) && !is_allowed(text(value)))
        .map(|(key, value)| format!("{key}=\"{}\"", text(value)))
        .collect();
    annotations.sort();
    let by_annotation = (!annotations.is_empty()).then(|| plural("annotation", annotations.len()));
    let who: Vec<String> = setters(of_pod.is_some(), &bad).into_iter().chain(by_annotation).collect();
    let values: Vec<String> = kinds.into_iter().chain(annotations).collect();
    (!who.is_empty()).then(|| Violation {
        reason: plural("forbidden AppArmor profile", values.len()),
        detail: format!("{} must not set AppArmor profile type to {}", who.join(" and "), quoted(&values)),
    })
}

fn capabilities(pod: &Pod<'_>) -> Option<Violation> {
    let forbidden = |container: &Value| {
        let added = container["securityContext"]["capabilities"]["add"].as_array().into_iter().flatten().map(text);
        added.filter(|one| !CAPABILITIES.contains(one)).map(str::to_owned).collect::<Vec<_>>()
    };
    let all: BTreeSet<String> = pod.containers().flat_map(forbidden).collect();
    if_any(&pod.bad(|container| !forbidden(container).is_empty()), "non-default capabilities", |who| {
        format!("{who} must not include {} in securityContext.capabilities.add", quoted(&all))
    })
}

fn host_namespaces(pod: &Pod<'_>) -> Option<Violation> {
    let shared = ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|name| pod.spec[*name] == true);
    let shared: Vec<String> = shared.map(|name| format!("{name}=true")).collect();
    (!shared.is_empty()).then(|| Violation { reason: "host namespaces".to_owned(), detail: shared.join(", ") })
}

fn host_paths(pod: &Pod<'_>) -> Option<Violation> {
    let volumes = pod.spec["volumes"].as_array().into_iter().flatten();
    let bad: Vec<&str> = volumes.filter(|volume| !volume["hostPath"].is_null()).map(|one| text(&one["name"])).collect();
    let detail = || format!("{} {}", plural("volume", bad.len()), quoted(&bad));
    (!bad.is_empty()).then(|| Violation { reason: "hostPath volumes".to_owned(), detail: detail() })
}

fn host_ports(pod: &Pod<'_>) -> Option<Violation> {
    let ports = |container: &Value| {
        let ports = container["ports"].as_array().into_iter().flatten().filter_map(|port| port["hostPort"].as_i64());
        ports.filter(|port| *port != 0).map(|port| port.to_string()).collect::<Vec<_>>()
    };
    let all: BTreeSet<String> = pod.containers().flat_map(ports).collect();
    let bad = pod.bad(|container| !ports(container).is_empty());
    let uses = if bad.len() == 1 { "uses" } else { "use" };
    if_any(&bad, "hostPort", |who| {
        let list = all.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("{who} {uses} {} {list}", plural("hostPort", all.len()))
    })
}

fn hosts(pod: &Pod<'_>) -> Option<Violation> {
    const HANDLERS: [&str; 5] =
        ["/livenessProbe", "/readinessProbe", "/startupProbe", "/lifecycle/postStart", "/lifecycle/preStop"];
    let hosts = |container: &Value| {
        let handlers = HANDLERS.iter().filter_map(|path| container.pointer(path));
        let hosts = handlers.flat_map(|handler| ["httpGet", "tcpSocket"].map(|kind| text(&handler[kind]["host"])));
        hosts.filter(|host| !host.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let all: BTreeSet<String> = pod.containers().flat_map(hosts).collect();
    let bad = set(pod.bad(|container| !hosts(container).is_empty()));
    let bad: Vec<&str> = bad.into_iter().collect();
    let uses = if bad.len() == 1 { "uses" } else { "use" };
    if_any(&bad, "probe or lifecycle host", |who| {
        format!("{who} {uses} {} {}", plural("probe or lifecycle host", all.len()), quoted(&all))
    })
}

fn privileged(pod: &Pod<'_>) -> Option<Violation> {
    let bad = pod.bad(|container| container["securityContext"]["privileged"] == true);
    if_any(&bad, "privileged", |who| format!("{who} must not set securityContext.privileged=true"))
}

/// Processes must not see more of their host than is usual.
pub(super) fn proc_mount(pod: &Pod<'_>) -> Option<Violation> {
    let kind = |container: &Value| {
        let kind = container["securityContext"]["procMount"].as_str();
        kind.filter(|kind| *kind != "Default").map(str::to_owned)
    };
    let all: BTreeSet<String> = pod.containers().filter_map(kind).collect();
    if_any(&pod.bad(|container| kind(container).is_some()), "procMount", |who| {
        format!("{who} must not set securityContext.procMount to {}", quoted(&all))
    })
}

fn se_linux(pod: &Pod<'_>) -> Option<Violation> {
    let allowed = |kind: &str| {
        let is_engine = kind == "container_engine_t" && pod.standard.has(31);
        is_engine || ["", "container_t", "container_init_t", "container_kvm_t"].contains(&kind)
    };
    let options = |of: &Value| of["securityContext"]["seLinuxOptions"].clone();
    let is_bad = |of: &Value| {
        let options = options(of);
        !allowed(text(&options["type"])) || ["user", "role"].iter().any(|part| !text(&options[*part]).is_empty())
    };
    let all: Vec<Value> = std::iter::once(pod.spec).chain(pod.containers()).map(options).collect();
    let who = setters(is_bad(pod.spec), &pod.bad(is_bad))?;
    let kinds = set(all.iter().map(|options| text(&options["type"])).filter(|kind| !allowed(kind)));
    let mut faults = Vec::new();
    if !kinds.is_empty() {
        faults.push(format!("{} {}", plural("type", kinds.len()), quoted(&kinds)));
    }
    for part in ["user", "role"] {
        if all.iter().any(|options| !text(&options[part]).is_empty()) {
            faults.push(format!("{part} may not be set"));
        }
    }
    let detail = format!("{who} set forbidden securityContext.seLinuxOptions: {}", faults.join("; "));
    Some(Violation { reason: "seLinuxOptions".to_owned(), detail })
}

/// The kind of a profile that is not allowed.
pub(super) fn bad_seccomp(of: &Value) -> Option<String> {
    let profile = &of["securityContext"]["seccompProfile"];
    let kind = text(&profile["type"]);
    (!profile.is_null() && !["RuntimeDefault", "Localhost"].contains(&kind)).then(|| kind.to_owned())
}

/// System calls that are not filtered, which somebody asks for.
pub(super) fn seccomp_setters(pod: &Pod<'_>) -> Option<Violation> {
    let bad = pod.bad(|container| bad_seccomp(container).is_some());
    let who = setters(bad_seccomp(pod.spec).is_some(), &bad)?;
    let kinds: BTreeSet<String> = std::iter::once(pod.spec).chain(pod.containers()).filter_map(bad_seccomp).collect();
    let detail = format!("{who} must not set securityContext.seccompProfile.type to {}", quoted(&kinds));
    Some(Violation { reason: "seccompProfile".to_owned(), detail })
}

fn seccomp(pod: &Pod<'_>) -> Option<Violation> {
    if pod.standard.has(19) {
        return seccomp_setters(pod);
    }
    let of_containers =
        pod.containers().map(|one| format!("container.seccomp.security.alpha.kubernetes.io/{}", text(&one["name"])));
    let names = std::iter::once("seccomp.security.alpha.kubernetes.io/pod".to_owned()).chain(of_containers);
    let is_allowed =
        |value: &str| ["runtime/default", "docker/default"].contains(&value) || value.starts_with("localhost/");
    let forbidden: BTreeSet<String> = names
        .filter_map(|name| {
            let value = pod.metadata["annotations"][&name].as_str()?;
            (!is_allowed(value)).then(|| format!("{name}=\"{value}\""))
        })
        .collect();
    let detail = || {
        let list = forbidden.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("forbidden {} {list}", plural("annotation", forbidden.len()))
    };
    (!forbidden.is_empty()).then(|| Violation { reason: "seccompProfile".to_owned(), detail: detail() })
}

fn sysctls(pod: &Pod<'_>) -> Option<Violation> {
    let is_allowed = |name: &str| SYSCTLS.iter().any(|(known, since)| *known == name && pod.standard.has(*since));
    let all = pod.spec["securityContext"]["sysctls"].as_array().into_iter().flatten().map(|one| text(&one["name"]));
    let bad: Vec<&str> = all.filter(|name| !is_allowed(name)).collect();
    (!bad.is_empty()).then(|| Violation { reason: "forbidden sysctls".to_owned(), detail: bad.join(", ") })
}

fn host_process(pod: &Pod<'_>) -> Option<Violation> {
    let is_bad = |of: &Value| of["securityContext"]["windowsOptions"]["hostProcess"] == true;
    let who = setters(is_bad(pod.spec), &pod.bad(is_bad))?;
    let detail = format!("{who} must not set securityContext.windowsOptions.hostProcess=true");
    Some(Violation { reason: "hostProcess".to_owned(), detail })
}
