//! What only Windows has, and what Windows does not have.
//!
//! Source: `validateWindowsSecurityContextOptions`, `validateWindowsHostProcessPod`, `validateWindows`, `validateLinux`.

use serde_json::Value;

use super::containers;
use crate::check::Field;

/// Checks the options of a security context for Windows.
pub(super) fn check_options(options: Field<'_>) {
    const LARGEST: usize = 64 * 1024;
    let (name, spec) = (options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec"));
    if name.is_set() {
        name.dns_subdomain();
    }
    if spec.is_set() {
        match spec.text().len() {
            0 => spec.invalid("gmsaCredentialSpec cannot be an empty string"),
            1..=LARGEST => {}
            _ => spec.invalid("gmsaCredentialSpec size must be under 64 KiB"),
        }
    }
    if options.get("runAsUserName").is_set() {
        check_user(options.get("runAsUserName"));
    }
}

/// `DOMAIN\USER`
fn check_user(name: Field<'_>) {
    let text = name.text();
    if text.is_empty() {
        return name.invalid("runAsUserName cannot be an empty string");
    }
    if text.chars().any(|c| c.is_ascii_control()) {
        return name.invalid("runAsUserName cannot contain control characters");
    }
    let parts: Vec<&str> = text.split('\\').collect();
    let (domain, user) = match parts.as_slice() {
        [user] => (None, *user),
        [domain, user] => (Some(*domain), *user),
        _ => return name.invalid("runAsUserName cannot contain more than one backslash"),
    };
    if domain.is_some_and(|domain| domain.len() >= 256) {
        name.invalid("runAsUserName's Domain length must be under 256 characters");
    }
    if domain.is_some_and(|domain| !is_net_bios(domain) && !is_dns(domain)) {
        name.invalid("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
    match user.len() {
        0 => name.invalid("runAsUserName's User cannot be empty"),
        1..=104 => {}
        _ => name.invalid("runAsUserName's User length must not be longer than 104 characters"),
    }
    if !user.is_empty() && user.chars().all(|c| c == '.' || c == ' ') {
        name.invalid("runAsUserName's User cannot contain only periods or spaces");
    }
    if user.chars().any(|c| "\"/\\:;|=,+*?<>@[]".contains(c)) {
        name.invalid("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
}

fn is_net_bios(domain: &str) -> bool {
    let count = domain.chars().count();
    (1..=15).contains(&count) && !domain.starts_with('.') && !domain.chars().any(|c| "\\/:*?\"<>|".contains(c))
}

fn is_dns(domain: &str) -> bool {
    crdgen_schema::name::dns_subdomain(&domain.to_lowercase()).is_empty()
}

/// If one container is a process of the host, all are.
pub(super) fn check_host_process(spec: Field<'_>) {
    let flag =
        |context: Field<'_>| context.get("securityContext").get("windowsOptions").get("hostProcess").value().as_bool();
    let of_pod = flag(spec);
    let (mut count, mut on_host) = (0, 0);
    for container in containers(spec) {
        let own = flag(container);
        if let (Some(pod), Some(own)) = (of_pod, own)
            && pod != own
        {
            let field = container.get("securityContext").get("windowsOptions").get("hostProcess");
            field.invalid(format!("pod hostProcess value must be identical if both are specified, was {pod}"));
        }
        count += 1;
        on_host += i32::from(own.or(of_pod) == Some(true));
    }
    if on_host == 0 {
        return;
    }
    if on_host != count {
        let why = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        spec.invalid_as(&Value::from(""), why);
    }
    if !spec.get("hostNetwork").flag() {
        let why = "hostNetwork must be true if pod contains any hostProcess containers";
        spec.get("hostNetwork").invalid_as(&Value::Bool(false), why);
    }
}

/// Checks that a pod has nothing that its operating system lacks.
pub(super) fn check_system(spec: Field<'_>) {
    let name = spec.get("os").get("name");
    match name.text() {
        "linux" => {
            let contexts = std::iter::once(spec).chain(containers(spec)).map(|owner| owner.get("securityContext"));
            for options in contexts.map(|context| context.get("windowsOptions")).filter(|options| options.is_set()) {
                options.forbidden("windows options cannot be set for a linux pod");
            }
        }
        "windows" => check_windows(spec),
        "" => name.required(""),
        _ => name.shown_as(spec.get("os")).not_supported(&["linux", "windows"]),
    }
}

fn check_windows(spec: Field<'_>) {
    const WHY: &str = "cannot be set for a windows pod";
    // In the order of Go's checks; of flags only true counts.
    const POD: [(bool, &str); 15] = [
        (true, "appArmorProfile"),
        (true, "seLinuxOptions"),
        (false, "hostUsers"),
        (false, "hostPID"),
        (false, "hostIPC"),
        (true, "seccompProfile"),
        (true, "fsGroup"),
        (true, "fsGroupChangePolicy"),
        (true, "sysctls"),
        (false, "shareProcessNamespace"),
        (true, "runAsUser"),
        (true, "runAsGroup"),
        (true, "supplementalGroups"),
        (true, "supplementalGroupsPolicy"),
        (true, "seLinuxChangePolicy"),
    ];
    const CONTAINER: [&str; 10] = [
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
        "allowPrivilegeEscalation",
        "procMount",
        "runAsUser",
        "runAsGroup",
    ];
    let context = spec.get("securityContext");
    for (in_context, name) in POD {
        let field = if in_context { context.get(name) } else { spec.get(name) };
        let is_flag = matches!(name, "hostPID" | "hostIPC");
        if field.is_set() && (!is_flag || field.flag()) {
            field.forbidden(WHY);
        }
    }
    for container in containers(spec) {
        let context = container.get("securityContext");
        for field in CONTAINER.map(|name| context.get(name)).into_iter().filter(|field| field.is_set()) {
            field.forbidden(WHY);
        }
    }
}
