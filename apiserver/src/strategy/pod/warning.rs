//! What the author of a pod or of a pod template should know.
//!
//! Source: `k8s.io/kubernetes/pkg/api/pod/warnings.go`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::name;

use super::containers;
use crate::check::Field;
use crate::check::node_label::deprecation;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Annotations that do nothing any more.
const ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
];

/// Kinds of volumes that do nothing any more, and how Go names them.
const VOLUMES: [(&str, &str, &str); 9] = [
    ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

/// The warnings about a new pod.
pub(super) fn of_pod(pod: Field<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    let faults = name::dns_label(pod.get("metadata").get("name").text());
    if !faults.is_empty() {
        warnings.push(format!(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is \
             recommended: [{}]",
            faults.join(" ")
        ));
    }
    warnings.extend(of_owner(pod, true));
    warnings
}

/// The warnings about a pod or a template.
pub(super) fn of_owner(owner: Field<'_>, is_pod: bool) -> Vec<String> {
    let (spec, annotations) = (owner.get("spec"), owner.get("metadata").get("annotations"));
    let mut warnings = Vec::new();
    about_node_labels(spec, &mut warnings);
    for (key, why) in ANNOTATIONS.iter().filter(|(key, _)| annotations.key(key).is_set()) {
        warnings.push(format!("{}: {why}", annotations.key(key).path()));
    }
    for volume in spec.get("volumes").items() {
        for (kind, shown, why) in VOLUMES.iter().filter(|(kind, ..)| volume.get(kind).is_set()) {
            let _ = kind;
            warnings.push(format!("{}: {why}", volume.get(shown).path()));
        }
    }
    about_files(spec, &mut warnings);
    about_duplicates(spec, &mut warnings);
    for resource in ["memory", "ephemeral-storage"] {
        about_fraction(spec.get("overhead").key(resource), &mut warnings);
    }
    let pod_seccomp = annotations.key("seccomp.security.alpha.kubernetes.io/pod");
    if pod_seccomp.is_set() && !spec.get("securityContext").get("seccompProfile").is_set() {
        let path = pod_seccomp.path();
        warnings.push(format!("{path}: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
    }
    for container in containers(spec) {
        about_container(container, annotations, spec, is_pod, &mut warnings);
    }
    about_ports(spec, &mut warnings);
    let period = spec.get("terminationGracePeriodSeconds");
    if period.int() < 0 {
        let path = period.path();
        warnings.push(format!("{path}: must be >= 0; negative values are invalid and will be treated as 1"));
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let affinity = spec.get("affinity").get(kind);
        affinity.get(REQUIRED).items().for_each(|term| about_null_selector(term, &mut warnings));
        for term in affinity.get(PREFERRED).items() {
            about_null_selector(term.get("podAffinityTerm"), &mut warnings);
        }
    }
    for address in spec.get("dnsConfig").get("nameservers").items() {
        warnings.extend(address.ip_warning());
    }
    for alias in spec.get("hostAliases").items() {
        warnings.extend(alias.get("ip").ip_warning());
    }
    warnings
}

fn about_node_labels(spec: Field<'_>, warnings: &mut Vec<String>) {
    for (key, value) in spec.get("nodeSelector").entries() {
        warnings.extend(deprecation(key).map(|why| format!("{}: {why}", value.path())));
    }
    let affinity = spec.get("affinity").get("nodeAffinity");
    for term in affinity.get(REQUIRED).get("nodeSelectorTerms").items() {
        about_node_term(term, false, warnings);
    }
    for term in affinity.get(PREFERRED).items() {
        about_node_term(term.get("preference"), true, warnings);
    }
    for constraint in spec.get("topologySpreadConstraints").items() {
        let key = constraint.get("topologyKey");
        warnings.extend(deprecation(key.text()).map(|why| format!("{}: {} is {why}", key.path(), key.text())));
        about_null_selector(constraint, warnings);
    }
}

fn about_node_term(term: Field<'_>, checks_values: bool, warnings: &mut Vec<String>) {
    for expression in term.get("matchExpressions").items() {
        let key = expression.get("key");
        warnings.extend(deprecation(key.text()).map(|why| format!("{}: {} is {why}", key.path(), key.text())));
        for value in expression.get("values").items().filter(|_| checks_values) {
            let faults = name::label_value(value.text());
            warnings
                .extend(faults.into_iter().map(|why| format!("{}: {} is invalid, {why}", value.path(), value.text())));
        }
    }
}

fn about_null_selector(owner: Field<'_>, warnings: &mut Vec<String>) {
    let selector = owner.get("labelSelector");
    if !selector.is_set() {
        warnings.push(format!("{}: a null labelSelector results in matching no pod", selector.path()));
    }
}

fn about_duplicates(spec: Field<'_>, warnings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for ip in spec.get("hostAliases").items().map(|alias| alias.get("ip")) {
        if !seen.insert(ip.text()) {
            warnings.push(format!("{}: duplicate ip {:?}", ip.path(), ip.text()));
        }
    }
    let mut seen = BTreeSet::new();
    let names = || spec.get("imagePullSecrets").items().map(|secret| secret.get("name"));
    for name in names() {
        if !seen.insert(name.text()) {
            warnings.push(format!("{}: duplicate name {:?}", name.path(), name.text()));
        }
    }
    for name in names().filter(|name| name.text().is_empty()) {
        warnings.push(format!("{}: invalid empty name \"\"", name.path()));
    }
}

fn about_fraction(amount: Field<'_>, warnings: &mut Vec<String>) {
    if amount.quantity().milli_value() % 1000 != 0 {
        let path = amount.path();
        warnings.push(format!("{path}: fractional byte value {:?} is invalid, must be an integer", amount.text()));
    }
}

fn about_container(
    container: Field<'_>,
    annotations: Field<'_>,
    spec: Field<'_>,
    is_pod: bool,
    warnings: &mut Vec<String>,
) {
    let (name, context) = (container.get("name").text(), container.get("securityContext"));
    let annotation = |prefix: &str| {
        let key = format!("{prefix}{name}");
        annotations.entries().find(|(other, _)| *other == key).map(|(_, value)| value.path())
    };
    if !context.get("seccompProfile").is_set()
        && let Some(path) = annotation("container.seccomp.security.alpha.kubernetes.io/")
    {
        warnings.push(format!("{path}: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
    }
    let has_profile = [context, spec.get("securityContext")].iter().any(|of| of.get("appArmorProfile").is_set());
    if !is_pod
        && !has_profile
        && let Some(path) = annotation("container.apparmor.security.beta.kubernetes.io/")
    {
        warnings.push(format!("{path}: deprecated since v1.30; use the \"appArmorProfile\" field instead"));
    }
    for resource in ["memory", "ephemeral-storage"] {
        for kind in ["limits", "requests"] {
            about_fraction(container.get("resources").get(kind).key(resource), warnings);
        }
    }
    about_variables(container.get("env"), warnings);
}

/// A variable may be set anew only by means of its former value.
fn about_variables(env: Field<'_>, warnings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for variable in env.items() {
        let name = variable.get("name").text();
        if seen.insert(name) {
            continue;
        }
        let (value, reference) = (variable.get("value").text(), format!("$({name})"));
        if variable.get("valueFrom").is_set() || value == reference || !value.contains(&reference) {
            warnings.push(format!(
                "{}: hides previous definition of {name:?}, which may be dropped when using apply",
                variable.path()
            ));
        }
    }
}

fn about_ports(spec: Field<'_>, warnings: &mut Vec<String>) {
    let ports = || containers(spec).flat_map(|container| container.get("ports").items());
    let mut known: BTreeMap<(i64, &str), Vec<Field<'_>>> = BTreeMap::new();
    for port in ports() {
        let (address, on_host) = (port.get("hostIP").text(), port.get("hostPort").int());
        if !address.is_empty() && on_host == 0 {
            let shown = format!(
                "{{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{address}}}",
                port.get("name").text(),
                port.get("containerPort").int(),
                port.get("protocol").text(),
            );
            warnings.push(format!("{}: hostIP set without hostPort: {shown}", port.path()));
        }
        let others = known.entry((port.get("containerPort").int(), port.get("protocol").text())).or_default();
        for other in others.iter() {
            let (other_address, other_on_host) = (other.get("hostIP").text(), other.get("hostPort").int());
            let what = if address == other_address && on_host == other_on_host {
                "duplicate"
            } else if on_host == 0 || other_on_host == 0 {
                "overlapping"
            } else if on_host == other_on_host && (address.is_empty() != other_address.is_empty()) {
                "dangerously ambiguous"
            } else {
                continue;
            };
            warnings.push(format!("{}: {what} port definition with {}", port.path(), other.path()));
        }
        others.push(port);
    }
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for port in ports().filter(|port| !port.get("name").text().is_empty()) {
        let name = port.get("name").text();
        match names.get(name) {
            Some(other) => warnings.push(format!(
                "{}: duplicate port name {name:?} with {other}, services and probes that select ports by name will use {other}",
                port.path()
            )),
            None => drop(names.insert(name, port.path())),
        }
    }
}

/// Files of one volume must not get into each other's way.
fn about_files(spec: Field<'_>, warnings: &mut Vec<String>) {
    for volume in spec.get("volumes").items() {
        let name = volume.get("name").text();
        let mut warn = |of: &str, body: &str| {
            warnings.push(format!("volume {name:?} ({of}): overlapping paths: {body}"));
        };
        for (kind, label, field) in
            [("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"), ("downwardAPI", "DownwardAPI", "")]
        {
            let source = volume.get(kind);
            let shown = match field {
                "" => label.to_owned(),
                field => format!("{label} {:?}", source.get(field).text()),
            };
            let files = source.get("items").items().map(|item| File::new(item.get("path").text(), ""));
            for body in &overlaps(files) {
                warn(&shown, body);
            }
        }
        let sources = volume.get("projected").get("sources");
        let files: Vec<File> = sources.items().flat_map(projected_files).collect();
        for body in &overlaps(files.into_iter()) {
            warn("Projected", body);
        }
    }
}

/// A file and where it comes from.
struct File {
    path: String,
    source: String,
}

impl File {
    fn new(path: &str, source: &str) -> Self {
        Self { path: path.trim_end_matches('/').to_owned(), source: source.to_owned() }
    }

    fn shown(&self) -> String {
        match self.source.as_str() {
            "" => format!("{:?}", self.path),
            source => format!("{:?} ({source})", self.path),
        }
    }
}

fn projected_files(source: Field<'_>) -> Vec<File> {
    let items = |kind: &'static str, label: &str| {
        let files = source.get(kind).get("items").items();
        files.map(|item| File::new(item.get("path").text(), label)).collect()
    };
    let named = |kind: &'static str| source.get(kind).get("name").text();
    if source.get("configMap").is_set() {
        items("configMap", &format!("ConfigMap {:?}", named("configMap")))
    } else if source.get("secret").is_set() {
        items("secret", &format!("Secret {:?}", named("secret")))
    } else if source.get("downwardAPI").is_set() {
        items("downwardAPI", "DownwardAPI")
    } else if source.get("serviceAccountToken").is_set() {
        vec![File::new(source.get("serviceAccountToken").get("path").text(), "ServiceAccountToken")]
    } else {
        let bundle = source.get("clusterTrustBundle");
        let name = if bundle.get("name").is_set() { bundle.get("name") } else { bundle.get("signerName") };
        let label = format!("ClusterTrustBundle {:?}", name.text());
        bundle.is_set().then(|| File::new(bundle.get("path").text(), &label)).into_iter().collect()
    }
}

/// Pairs of files that are the same, or one of which is a folder that the other stands in.
fn overlaps(files: impl Iterator<Item = File>) -> Vec<String> {
    let is_within = |path: &str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let mut found = Vec::new();
    let mut before: Vec<File> = Vec::new();
    for file in files {
        for other in &before {
            if file.path == other.path || is_within(&file.path, &other.path) || is_within(&other.path, &file.path) {
                found.push(format!("{} with {}", file.shown(), other.shown()));
            }
        }
        before.push(file);
    }
    found
}
