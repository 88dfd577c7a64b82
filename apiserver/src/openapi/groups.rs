//! The groups of kube-apiserver v1.36 and their versions, and in which of them a kind is.
//!
//! `DeleteOptions` is in all of them, whether this server has resources of a group or not.

use serde_json::{Value, json};

pub(super) const GROUPS: [(&str, &[&str]); 22] = [
    ("", &["v1"]),
    ("admissionregistration.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("apps", &["v1", "v1beta1", "v1beta2"]),
    ("authentication.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("authorization.k8s.io", &["v1", "v1beta1"]),
    ("autoscaling", &["v1", "v2"]),
    ("batch", &["v1", "v1beta1"]),
    ("certificates.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("coordination.k8s.io", &["v1", "v1alpha2", "v1beta1"]),
    ("discovery.k8s.io", &["v1", "v1beta1"]),
    ("events.k8s.io", &["v1", "v1beta1"]),
    ("extensions", &["v1beta1"]),
    ("flowcontrol.apiserver.k8s.io", &["v1", "v1beta1", "v1beta2", "v1beta3"]),
    ("internal.apiserver.k8s.io", &["v1alpha1"]),
    ("networking.k8s.io", &["v1", "v1beta1"]),
    ("node.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("policy", &["v1", "v1beta1"]),
    ("rbac.authorization.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("resource.k8s.io", &["v1", "v1alpha3", "v1beta1", "v1beta2"]),
    ("scheduling.k8s.io", &["v1", "v1alpha2", "v1beta1"]),
    ("storage.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
    ("storagemigration.k8s.io", &["v1beta1"]),
];

/// The value of `x-kubernetes-group-version-kind` for a kind that exists in each of these versions.
pub(super) fn kinds(groups: &[(&str, &[&str])], kind: &str) -> Value {
    let versions = groups.iter().flat_map(|(group, versions)| versions.iter().map(move |version| (group, version)));
    let kinds = versions.map(|(group, version)| json!({"group": group, "version": version, "kind": kind}));
    json!({"x-kubernetes-group-version-kind": kinds.collect::<Value>()})
}
