//! The rules that the level `restricted` adds, in the order of their names.
//!
//! Source: `k8s.io/pod-security-admission/policy`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::baseline::{bad_seccomp, proc_mount, seccomp_setters};
use super::violation::{Pod, Violation, containers, if_any, plural, quoted, set, setters, text};

/// Kinds of volumes that pods may have.
const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// Others.
const FORBIDDEN: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

/// The rules that a pod breaks.
pub(super) fn check(pod: &Pod<'_>) -> Vec<Violation> {
    let standard = pod.standard;
    let spares = standard.has(25) && pod.is_for_windows();
    [
        (standard.has(8) && !spares).then(|| escalation(pod)).flatten(),
        (standard.has(22) && !spares).then(|| capabilities(pod)).flatten(),
        standard.has(35).then(|| proc_mount(pod)).flatten(),
        volumes(pod),
        (!pod.is_in_user_namespace()).then(|| non_root(pod)).flatten(),
        (standard.has(23) && !pod.is_in_user_namespace()).then(|| user(pod)).flatten(),
        (standard.has(19) && !spares).then(|| seccomp(pod)).flatten(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn escalation(pod: &Pod<'_>) -> Option<Violation> {
    let bad = pod.bad(|container| container["securityContext"]["allowPrivilegeEscalation"] != false);
    if_any(&bad, "allowPrivilegeEscalation != false", |who| {
        format!("{who} must set securityContext.allowPrivilegeEscalation=false")
    })
}

fn capabilities(pod: &Pod<'_>) -> Option<Violation> {
    let list = |container: &Value, name: &str| {
        let list = container["securityContext"]["capabilities"][name].as_array().into_iter().flatten();
        list.map(|one| text(one).to_owned()).collect::<Vec<_>>()
    };
    let forbidden = |container: &Value| {
        list(container, "add").into_iter().filter(|one| one != "NET_BIND_SERVICE").collect::<Vec<_>>()
    };
    let keeping = pod.bad(|container| !list(container, "drop").iter().any(|one| one == "ALL"));
    let adding = pod.bad(|container| !forbidden(container).is_empty());
    let all: BTreeSet<String> = pod.containers().flat_map(forbidden).collect();
    let mut details = Vec::new();
    if !keeping.is_empty() {
        details.push(format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", containers(&keeping)));
    }
    if !adding.is_empty() {
        let (who, what) = (containers(&adding), quoted(&all));
        details.push(format!("{who} must not include {what} in securityContext.capabilities.add"));
    }
    let reason = "unrestricted capabilities".to_owned();
    (!details.is_empty()).then(|| Violation { reason, detail: details.join("; ") })
}

fn volumes(pod: &Pod<'_>) -> Option<Violation> {
    let has = |volume: &Value, kinds: &[&'static str]| kinds.iter().copied().find(|kind| !volume[*kind].is_null());
    let all = pod.spec["volumes"].as_array().into_iter().flatten();
    let bad: Vec<&Value> = all.filter(|volume| has(volume, &ALLOWED).is_none()).collect();
    let kinds = set(bad.iter().map(|volume| has(volume, &FORBIDDEN).unwrap_or("unknown")));
    let uses = if bad.len() == 1 { "uses" } else { "use" };
    let detail = || {
        let (what, of) = (plural("volume", bad.len()), plural("restricted volume type", kinds.len()));
        let names = quoted(bad.iter().map(|volume| text(&volume["name"])));
        format!("{what} {names} {uses} {of} {}", quoted(&kinds))
    };
    (!bad.is_empty()).then(|| Violation { reason: "restricted volume types".to_owned(), detail: detail() })
}

fn non_root(pod: &Pod<'_>) -> Option<Violation> {
    const REASON: &str = "runAsNonRoot != true";
    let own = |of: &Value| of["securityContext"]["runAsNonRoot"].as_bool();
    let refusing = pod.bad(|container| own(container) == Some(false));
    if let Some(who) = setters(own(pod.spec) == Some(false), &refusing) {
        let detail = format!("{who} must not set securityContext.runAsNonRoot=false");
        return Some(Violation { reason: REASON.to_owned(), detail });
    }
    let silent = pod.bad(|container| own(pod.spec) != Some(true) && own(container).is_none());
    if_any(&silent, REASON, |who| format!("pod or {who} must set securityContext.runAsNonRoot=true"))
}

fn user(pod: &Pod<'_>) -> Option<Violation> {
    let is_root = |of: &Value| of["securityContext"]["runAsUser"] == 0;
    let who = setters(is_root(pod.spec), &pod.bad(is_root))?;
    Some(Violation { reason: "runAsUser=0".to_owned(), detail: format!("{who} must not set runAsUser=0") })
}

fn seccomp(pod: &Pod<'_>) -> Option<Violation> {
    if let Some(violation) = seccomp_setters(pod) {
        return Some(violation);
    }
    let says = |of: &Value| !of["securityContext"]["seccompProfile"].is_null() && bad_seccomp(of).is_none();
    let silent = pod.bad(|container| !says(pod.spec) && !says(container));
    if_any(&silent, "seccompProfile", |who| {
        format!("pod or {who} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"")
    })
}
