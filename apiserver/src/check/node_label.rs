//! Labels of nodes that have got other names.
//!
//! Source: `k8s.io/kubernetes/pkg/api/node/util.go`.

use super::Field;

/// What to use instead of a label, if it should not be used.
pub(crate) fn deprecation(label: &str) -> Option<&'static str> {
    Some(match label {
        "beta.kubernetes.io/arch" => "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os" => "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"
        }
        "failure-domain.beta.kubernetes.io/zone" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"
        }
        "beta.kubernetes.io/instance-type" => {
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"
        }
        "app.kubernetes.io/created-by" => "deprecated since v1.9",
        "scheduler.alpha.kubernetes.io/preferAvoidPods" => "deprecated since v1.22; use Taints and Tolerations instead",
        "node-role.kubernetes.io/master" => "use \"node-role.kubernetes.io/control-plane\" instead",
        _ => return None,
    })
}

impl Field<'_> {
    /// What to know about the label of a node that the text names.
    pub(crate) fn deprecated_node_label(self) -> Option<&'static str> {
        deprecation(self.text())
    }

    /// Warnings about the labels of nodes that a selector or a term of one uses.
    pub(crate) fn node_label_warnings(self) -> Vec<String> {
        let mut found = Vec::new();
        for key in self.get("matchExpressions").items().map(|expression| expression.get("key")) {
            if let Some(message) = key.deprecated_node_label() {
                found.push(format!("{}: {} is {message}", key.path(), key.text()));
            }
        }
        let labels = self.get("matchLabels");
        for (key, _) in labels.entries() {
            if let Some(message) = deprecation(key) {
                found.push(format!("{}: {message}", labels.get(key).path()));
            }
        }
        found
    }
}
