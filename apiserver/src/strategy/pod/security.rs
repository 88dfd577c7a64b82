//! The security contexts of pods and containers.
//!
//! Source: `ValidateSecurityContext`, `validatePodSpecSecurityContext`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Setting, Surroundings, windows};
use crate::check::Field;

/// Checks the security context of a container.
pub(super) fn check_container(context: Field<'_>, around: &Surroundings<'_>) {
    if !context.is_set() {
        return;
    }
    check_ids(context);
    let proc = context.get("procMount");
    if proc.is_set() {
        proc.one_of(&["Default", "Unmasked"]);
        if around.host_users && proc.text() == "Unmasked" {
            proc.invalid("`hostUsers` must be false to use `Unmasked`");
        }
    }
    check_seccomp(context.get("seccompProfile"));
    check_escalation(context);
    windows::check_options(context.get("windowsOptions"));
    check_app_armor(context.get("appArmorProfile"));
}

fn check_ids(context: Field<'_>) {
    for id in ["runAsUser", "runAsGroup"].map(|name| context.get(name)).into_iter().filter(|id| id.is_set()) {
        id.in_range(0, i64::from(i32::MAX));
    }
}

fn check_escalation(context: Field<'_>) {
    if context.get("allowPrivilegeEscalation").value() != &Value::Bool(false) {
        return;
    }
    let invalid = |why: &str| context.invalid(why);
    if context.get("privileged").flag() {
        invalid("cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    for _ in context.get("capabilities").get("add").items().filter(|one| one.text() == "CAP_SYS_ADMIN") {
        invalid("cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
}

/// Checks the security context of a pod.
pub(super) fn check_pod(spec: Field<'_>, setting: &Setting<'_>) {
    let context = spec.get("securityContext");
    if context.get("fsGroup").is_set() {
        context.get("fsGroup").in_range(0, i64::from(i32::MAX));
    }
    check_ids(context);
    context.get("supplementalGroups").items().for_each(|group| group.in_range(0, i64::from(i32::MAX)));
    let shares = spec.get("shareProcessNamespace");
    if shares.flag() && spec.get("hostPID").flag() {
        shares
            .shown_as(context.get("shareProcessNamespace"))
            .invalid("ShareProcessNamespace and HostPID cannot both be enabled");
    }
    check_sysctls(context.get("sysctls"), spec);
    let known = |name: &'static str, known: &[&str]| {
        if context.get(name).is_set() {
            context.get(name).one_of(known);
        }
    };
    known("fsGroupChangePolicy", &["Always", "OnRootMismatch"]);
    check_seccomp(context.get("seccompProfile"));
    windows::check_options(context.get("windowsOptions"));
    check_app_armor(context.get("appArmorProfile"));
    known("supplementalGroupsPolicy", &["Merge", "Strict"]);
    known("seLinuxChangePolicy", setting.relabeling);
}

fn check_sysctls(sysctls: Field<'_>, spec: Field<'_>) {
    const RULE: &str = "must have at most 253 characters and match regex \
                        ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let mut names = BTreeSet::new();
    for name in sysctls.items().map(|sysctl| sysctl.get("name")) {
        if name.text().is_empty() {
            name.required("");
        } else if !is_sysctl(name.text()) {
            name.invalid(RULE);
        } else if names.contains(name.text()) {
            name.duplicate();
        }
        let text = name.text().replace('/', ".");
        let is_ipc = text.starts_with("kernel.shm") || text.starts_with("kernel.msg") || text.starts_with("fs.mqueue.");
        if text.starts_with("net.") && spec.get("hostNetwork").flag() {
            name.invalid("may not be specified when 'hostNetwork' is true");
        } else if (is_ipc || text == "kernel.sem") && spec.get("hostIPC").flag() {
            name.invalid("may not be specified when 'hostIPC' is true");
        }
        names.insert(name.text());
    }
}

fn is_sysctl(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(|byte| is_inner(*byte))
    };
    name.len() <= 253 && name.split(['.', '/']).all(is_part)
}

fn check_seccomp(profile: Field<'_>) {
    if !profile.is_set() {
        return;
    }
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.text() {
        "Localhost" | "RuntimeDefault" | "Unconfined" => {}
        "" => kind.required("type is required when seccompProfile is set"),
        _ => kind.not_supported(&["Localhost", "RuntimeDefault", "Unconfined"]),
    }
    match (kind.text() == "Localhost", local.is_set()) {
        (true, true) => local.descending_path(),
        (true, false) => local.required("must be set when seccomp type is Localhost"),
        (false, true) => {
            profile.shown_as(local).invalid("can only be set when seccomp type is Localhost");
        }
        (false, false) => {}
    }
}

fn check_app_armor(profile: Field<'_>) {
    const LONGEST: usize = 4095;
    if !profile.is_set() {
        return;
    }
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.text() {
        "Localhost" if local.text().trim().is_empty() && local.text().is_empty() => {
            local.required("must be set when AppArmor type is Localhost");
        }
        "Localhost" => {
            if local.text().trim() != local.text() {
                local.invalid("must not be padded with whitespace");
            }
            if local.text().len() > LONGEST {
                local.too_long(4095);
            }
        }
        "RuntimeDefault" | "Unconfined" => {
            if local.is_set() {
                local.invalid("can only be set when AppArmor type is Localhost");
            }
        }
        "" => kind.required("type is required when appArmorProfile is set"),
        _ => kind.not_supported(&["Localhost", "RuntimeDefault", "Unconfined"]),
    }
}
