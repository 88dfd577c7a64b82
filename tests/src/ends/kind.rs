//! The kinds of the scenarios.

use serde_json::{Value, json};

/// A kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A config map.
    Map,
    /// A secret.
    Secret,
    /// A service account.
    Account,
    /// A pod, which nobody runs.
    Pod,
    /// A service.
    Service,
    /// A deployment, which nobody works on.
    Deployment,
    /// A lease.
    Lease,
    /// A cluster role.
    Role,
    /// A custom resource in namespaces.
    Gadget,
    /// A custom resource without a namespace.
    Machine,
    /// A custom resource whose definition is deleted with its objects.
    Relic,
    /// The same, with objects that have finalizers.
    Idol,
    /// A kind that no server has.
    Unknown,
    /// A definition.
    Definition,
}

/// All kinds whose objects are looked at in the end.
pub(super) const ALL: [Kind; 13] = [
    Kind::Map,
    Kind::Secret,
    Kind::Account,
    Kind::Pod,
    Kind::Service,
    Kind::Deployment,
    Kind::Lease,
    Kind::Role,
    Kind::Gadget,
    Kind::Machine,
    Kind::Relic,
    Kind::Idol,
    Kind::Definition,
];

/// The custom resources.
pub(super) const CUSTOM: [Kind; 4] = [Kind::Gadget, Kind::Machine, Kind::Relic, Kind::Idol];

impl Kind {
    /// The API version, the kind's name, and its plural.
    pub(super) fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Map => ("v1", "ConfigMap", "configmaps"),
            Self::Secret => ("v1", "Secret", "secrets"),
            Self::Account => ("v1", "ServiceAccount", "serviceaccounts"),
            Self::Pod => ("v1", "Pod", "pods"),
            Self::Service => ("v1", "Service", "services"),
            Self::Deployment => ("apps/v1", "Deployment", "deployments"),
            Self::Lease => ("coordination.k8s.io/v1", "Lease", "leases"),
            Self::Role => ("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles"),
            Self::Gadget => ("ends.example.com/v1", "Gadget", "gadgets"),
            Self::Machine => ("ends.example.com/v1", "Machine", "machines"),
            Self::Relic => ("relics.example.com/v1", "Relic", "relics"),
            Self::Idol => ("idols.example.com/v1", "Idol", "idols"),
            Self::Unknown => ("unknown.example.com/v1", "Unknown", "unknowns"),
            Self::Definition => ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions"),
        }
    }

    /// Whether its objects are in namespaces.
    pub(super) fn is_namespaced(self) -> bool {
        !matches!(self, Self::Role | Self::Machine | Self::Definition)
    }

    /// The path of its objects in a namespace, if it has namespaces.
    pub(super) fn path(self, namespace: &str) -> String {
        let (version, _, plural) = self.names();
        let root = if version == "v1" { "api" } else { "apis" };
        if self.is_namespaced() {
            format!("/{root}/{version}/namespaces/{namespace}/{plural}")
        } else {
            format!("/{root}/{version}/{plural}")
        }
    }

    /// What an object of the kind needs besides metadata.
    pub(super) fn body(self, grace: Option<u32>) -> Value {
        let pod = json!({"containers": [{"name": "c", "image": "example.com/c"}]});
        match self {
            Self::Pod => {
                let mut spec = pod;
                if let Some(seconds) = grace {
                    spec["nodeName"] = json!("nowhere");
                    spec["terminationGracePeriodSeconds"] = json!(seconds);
                }
                json!({"spec": spec})
            }
            Self::Service => json!({"spec": {"clusterIP": "None", "selector": {"app": "a"}, "ports": [{"port": 80}]}}),
            Self::Deployment => json!({"spec": {
                "selector": {"matchLabels": {"app": "a"}},
                "template": {"metadata": {"labels": {"app": "a"}}, "spec": pod},
            }}),
            _ => json!({}),
        }
    }

    /// The name of the definition of a custom resource.
    pub(super) fn definition_name(self) -> String {
        let (version, _, plural) = self.names();
        format!("{plural}.{}", version.trim_end_matches("/v1"))
    }

    /// The definition of a custom resource.
    pub(super) fn definition(self) -> Value {
        let (version, kind, plural) = self.names();
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": self.definition_name()},
            "spec": {
                "group": version.trim_end_matches("/v1"),
                "scope": if self.is_namespaced() { "Namespaced" } else { "Cluster" },
                "names": {"plural": plural, "kind": kind},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                }}}],
            },
        })
    }
}
