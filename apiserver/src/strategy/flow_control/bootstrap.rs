//! The flow schemas and priority levels that every cluster has.
//!
//! Source: `k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap`.

use serde_json::{Value, json};

pub(crate) const SCHEMA: &str = "FlowSchema";
pub(crate) const LEVEL: &str = "PriorityLevelConfiguration";

/// How many there are, and how many of them are dealt to a flow.
type Queues = (i64, i64);

/// A kind and a name.
type Subject = (&'static str, &'static str);

/// Names, shares, percentages that can be lent, and queues with their hand sizes; without queues, requests are rejected.
const LEVELS: [(&str, i64, i64, Option<Queues>); 7] = [
    ("catch-all", 5, 0, None),
    ("system", 30, 33, Some((64, 6))),
    ("node-high", 40, 25, Some((64, 6))),
    ("leader-election", 10, 0, Some((16, 4))),
    ("workload-high", 40, 50, Some((128, 6))),
    ("workload-low", 100, 90, Some((128, 6))),
    ("global-default", 20, 50, Some((128, 6))),
];

/// Names, levels, precedences, distinguishers and subjects of the schemas for all requests of somebody.
const SCHEMAS: [(&str, &str, i64, &str, &[Subject]); 8] = [
    ("exempt", "exempt", 1, "", &[("Group", "system:masters")]),
    ("catch-all", "catch-all", 10_000, "ByUser", &EVERYBODY),
    ("system-nodes", "system", 500, "ByUser", &[NODES]),
    ("kube-controller-manager", "workload-high", 800, "ByNamespace", &[MANAGER]),
    ("kube-scheduler", "workload-high", 800, "ByNamespace", &[SCHEDULER]),
    ("kube-system-service-accounts", "workload-high", 900, "ByNamespace", &[SYSTEM_ACCOUNTS]),
    ("service-accounts", "workload-low", 9000, "ByUser", &[("Group", "system:serviceaccounts")]),
    ("global-default", "global-default", 9900, "ByUser", &EVERYBODY),
];
const EVERYBODY: [(&str, &str); 2] = [("Group", "system:unauthenticated"), ("Group", "system:authenticated")];
const NODES: (&str, &str) = ("Group", "system:nodes");
const MANAGER: (&str, &str) = ("User", "system:kube-controller-manager");
const SCHEDULER: (&str, &str) = ("User", "system:kube-scheduler");
const SYSTEM_ACCOUNTS: (&str, &str) = ("ServiceAccount", "*");

/// The spec that an object of this name must have.
pub(super) fn mandatory(kind: &str, name: &str) -> Option<Value> {
    if !["exempt", "catch-all"].contains(&name) {
        return None;
    }
    if kind == LEVEL {
        return if name == "exempt" { Some(exempt()) } else { level(name) };
    }
    schema(name)
}

fn exempt() -> Value {
    json!({"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}})
}

fn level(name: &str) -> Option<Value> {
    let (_, shares, lendable, queues) = LEVELS.iter().find(|(own, ..)| *own == name)?;
    let response = match queues {
        None => json!({"type": "Reject"}),
        Some((queues, hand)) => {
            json!({"type": "Queue", "queuing": {"queues": queues, "handSize": hand, "queueLengthLimit": 50}})
        }
    };
    let limited = json!({"nominalConcurrencyShares": shares, "lendablePercent": lendable, "limitResponse": response});
    Some(json!({"type": "Limited", "limited": limited}))
}

fn subjects(of: &[(&str, &str)]) -> Value {
    let one = |(kind, name): &(&str, &str)| match *kind {
        "User" => json!({"kind": kind, "user": {"name": name}}),
        "Group" => json!({"kind": kind, "group": {"name": name}}),
        _ => json!({"kind": kind, "serviceAccount": {"name": name, "namespace": "kube-system"}}),
    };
    of.iter().map(one).collect()
}

fn spec(level: &str, precedence: i64, distinguisher: &str, rules: &Value) -> Value {
    let mut spec = json!({
        "priorityLevelConfiguration": {"name": level},
        "matchingPrecedence": precedence,
        "rules": [rules],
    });
    if !distinguisher.is_empty() {
        spec["distinguisherMethod"] = json!({"type": distinguisher});
    }
    spec
}

fn resource_rule(verbs: &[&str], group: &str, resources: &[&str], cluster: bool) -> Value {
    let mut rule = json!({"verbs": verbs, "apiGroups": [group], "resources": resources, "namespaces": ["*"]});
    if cluster {
        rule["clusterScope"] = json!(true);
    }
    rule
}

fn schema(name: &str) -> Option<Value> {
    let (_, level, precedence, distinguisher, of) = SCHEMAS.iter().find(|(own, ..)| *own == name)?;
    let rules = json!({
        "subjects": subjects(of),
        "resourceRules": [resource_rule(&["*"], "*", &["*"], true)],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    });
    Some(spec(level, *precedence, distinguisher, &rules))
}

/// The schemas for some requests only.
fn special_schemas() -> [(&'static str, Value); 3] {
    let probes = json!({
        "subjects": subjects(&EVERYBODY),
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/healthz", "/readyz", "/livez"]}],
    });
    let leases = |verbs: &[&str]| resource_rule(verbs, "coordination.k8s.io", &["leases"], false);
    let election = json!({
        "subjects": subjects(&[MANAGER, SCHEDULER, SYSTEM_ACCOUNTS]),
        "resourceRules": [leases(&["get", "create", "update"])],
    });
    let nodes = json!({
        "subjects": subjects(&[NODES]),
        "resourceRules": [resource_rule(&["*"], "", &["nodes", "nodes/status"], true), leases(&["*"])],
    });
    [
        ("probes", spec("exempt", 2, "", &probes)),
        ("system-leader-election", spec("leader-election", 100, "ByUser", &election)),
        ("system-node-high", spec("node-high", 400, "ByUser", &nodes)),
    ]
}

/// The objects, each with its collection.
pub(crate) fn objects() -> Vec<(&'static str, Value)> {
    const SCHEMAS_AT: &str = "flowcontrol.apiserver.k8s.io/flowschemas";
    const LEVELS_AT: &str = "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations";
    let levels = LEVELS.iter().filter_map(|(name, ..)| Some((*name, level(name)?)));
    let levels = std::iter::once(("exempt", exempt())).chain(levels).map(|(name, spec)| (LEVELS_AT, name, spec));
    let schemas = SCHEMAS.iter().filter_map(|(name, ..)| Some((*name, schema(name)?)));
    let schemas = schemas.chain(special_schemas()).map(|(name, spec)| (SCHEMAS_AT, name, spec));
    let object = |(collection, name, spec)| {
        let annotations = json!({"apf.kubernetes.io/autoupdate-spec": "true"});
        (collection, json!({"metadata": {"name": name, "annotations": annotations}, "spec": spec}))
    };
    levels.chain(schemas).map(object).collect()
}
