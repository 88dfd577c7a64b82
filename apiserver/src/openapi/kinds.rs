//! Which kinds a Go struct is, as `x-kubernetes-group-version-kind` says.
//!
//! A struct is one kind, but for those that Kubernetes registers in each version of each group.
//! Source: `k8s.io/apiserver/pkg/endpoints/openapi.DefinitionNamer`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::kind::table;

/// Which versions `DeleteOptions` and `WatchEvent` are listed in, whether this server has resources in them or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// The core version, and this one: documents of version 3.
    Beside(String, String),
    /// Those that client libraries know: documents of custom resources.
    Known,
    /// All that the server knows.
    All,
}

/// A kind that all versions have.
const SHARED: [&str; 2] = ["meta/v1.DeleteOptions", "meta/v1.WatchEvent"];

/// Those that only the core version has.
const CORE: [&str; 5] =
    ["meta/v1.APIGroup", "meta/v1.APIGroupList", "meta/v1.APIResourceList", "meta/v1.APIVersions", "meta/v1.Status"];

/// The groups that client libraries know, and their versions.
const KNOWN: [(&str, &[&str]); 22] = [
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

/// Those that only the server knows.
const SERVER: [(&str, &[&str]); 4] = [
    ("admission.k8s.io", &["v1", "v1beta1"]),
    ("apiextensions.k8s.io", &["v1", "v1beta1"]),
    ("apiregistration.k8s.io", &["v1", "v1beta1"]),
    ("imagepolicy.k8s.io", &["v1alpha1"]),
];

impl Listed {
    /// The kinds of the struct with this name in the table.
    pub(super) fn of(&self, path: &str) -> Vec<Value> {
        static OWN: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(own);
        let kind = path.rsplit('.').next().unwrap_or_default();
        if CORE.contains(&path) {
            return vec![entry("", "v1", kind)];
        }
        if SHARED.contains(&path) {
            return self.versions().iter().map(|(group, version)| entry(group, version, kind)).collect();
        }
        OWN.get(path).cloned().into_iter().collect()
    }

    fn versions(&self) -> Vec<(&str, &str)> {
        let all = |groups: &'static [(&str, &[&str])]| {
            groups.iter().flat_map(|(group, versions)| versions.iter().map(move |version| (*group, *version)))
        };
        let mut found: Vec<(&str, &str)> = match self {
            Self::Beside(group, version) => vec![("", "v1"), (group, version)],
            Self::Known => all(&KNOWN).collect(),
            Self::All => all(&KNOWN).chain(all(&SERVER)).collect(),
        };
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The kinds that resources, their lists and their subresources have, by struct.
fn own() -> BTreeMap<&'static str, Value> {
    let mut all = BTreeMap::new();
    let mut add = |group: &str, version: &str, kind: &str| {
        let group_version = crate::group_resource::api_version(group, version);
        if let Some(path) = table::structure(&group_version, kind).and_then(table::path) {
            all.insert(path, entry(group, version, kind));
        }
    };
    for served in table::resources() {
        add(served.group, served.version, served.kind);
        add(served.group, served.version, served.list_kind);
        // Options of connections are kinds too, but no document has their schemas.
        for below in &served.subresources {
            let (group, version) = below.foreign.unwrap_or((served.group, served.version));
            add(group, version, below.kind);
        }
    }
    all
}

fn entry(group: &str, version: &str, kind: &str) -> Value {
    json!({"group": group, "version": version, "kind": kind})
}
