//! Deployments: a replica set for each template, of which the newest grows while the others shrink.
//!
//! Source: `pkg/controller/deployment`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::cluster::{Cluster, extended, number, owner_reference};
use super::condition::{self, Condition};
use super::replica_set::set_counts;
use super::revision;
use super::rollout::{Member, Plan};
use crate::object::text;
use crate::resource::strategy::Subresource;
use crate::store::Stored;

const DEPLOYMENTS: &str = "apps/deployments";
const SETS: &str = "apps/replicasets";
const HASH: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MOST: &str = "deployment.kubernetes.io/max-replicas";
/// Annotations that replica sets do not take over.
const OWN: [&str; 6] = [
    REVISION,
    HISTORY,
    DESIRED,
    MOST,
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
];

/// The replica sets of a deployment.
struct Sets {
    new: Option<Stored>,
    /// Oldest first.
    old: Vec<Stored>,
}

impl Sets {
    fn of(cluster: &Cluster<'_>, deployment: &Value) -> Self {
        let mut old = cluster.owned(SETS, deployment);
        old.sort_by_key(|set| revision_of(set.value()));
        let new = old.iter().rposition(|set| has_template(set.value(), deployment)).map(|at| old.remove(at));
        Self { new, old }
    }

    fn all(&self) -> impl Iterator<Item = &Value> {
        self.old.iter().chain(&self.new).map(Stored::value)
    }

    fn sum(&self, count: &str) -> i64 {
        self.all().map(|set| number(&set["status"][count])).sum()
    }
}

fn revision_of(set: &Value) -> i64 {
    set["metadata"]["annotations"][REVISION].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn has_template(set: &Value, deployment: &Value) -> bool {
    let mut template = set["spec"]["template"].clone();
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        labels.remove(HASH);
    }
    template == deployment["spec"]["template"]
}

/// Makes the next step of a rollout, and writes the status. Returns when the rollout takes too long.
pub(super) async fn sync(cluster: &Cluster<'_>, deployment: &Value) -> Option<Timestamp> {
    let sets = Sets::of(cluster, deployment);
    let plan = Plan::of(&deployment["spec"]);
    let is_paused = deployment["spec"]["paused"] == true;
    match &sets.new {
        None if is_paused => {}
        None => {
            create(cluster, deployment, &sets, plan).await;
            // The new set leads here again.
            return None;
        }
        Some(new) => annotate(cluster, deployment, &sets, new.value(), plan).await,
    }
    scale(cluster, &sets, plan, is_paused).await;
    let is_complete = is_complete(deployment, &sets);
    if is_complete {
        trim(cluster, deployment, &sets).await;
    }
    write_status(cluster, deployment, &sets, is_complete).await
}

async fn create(cluster: &Cluster<'_>, deployment: &Value, sets: &Sets, plan: Plan) {
    let spec = &deployment["spec"];
    let hash = revision::hash(&spec["template"]);
    let (mut template, mut selector) = (spec["template"].clone(), spec["selector"].clone());
    template["metadata"]["labels"] = extended(&template["metadata"]["labels"], &[(HASH, &hash)]);
    selector["matchLabels"] = extended(&selector["matchLabels"], &[(HASH, &hash)]);
    let old: Vec<Member> = sets.old.iter().map(|set| member(set.value())).collect();
    let none = Member { wanted: 0, present: 0, available: 0 };
    let mut set = json!({
        "metadata": {
            "name": format!("{}-{hash}", text(deployment, "name")),
            "namespace": text(deployment, "namespace"),
            "labels": template["metadata"]["labels"],
            "annotations": annotations(deployment, plan, newest(sets) + 1),
            "ownerReferences": owner_reference("apps/v1", "Deployment", deployment),
        },
        "spec": {"replicas": plan.new_replicas(none, &old), "selector": selector, "template": template},
    });
    if !spec["minReadySeconds"].is_null() {
        set["spec"]["minReadySeconds"] = spec["minReadySeconds"].clone();
    }
    cluster.create(SETS, set).await;
}

fn newest(sets: &Sets) -> i64 {
    sets.old.iter().map(|set| revision_of(set.value())).max().unwrap_or(0)
}

fn annotations(deployment: &Value, plan: Plan, revision: i64) -> Value {
    let given = deployment["metadata"]["annotations"].as_object().into_iter().flatten();
    let mut annotations: Map<String, Value> = given
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in [(REVISION, revision), (DESIRED, plan.replicas), (MOST, plan.most())] {
        annotations.insert(name.to_owned(), json!(value.to_string()));
    }
    Value::Object(annotations)
}

/// Gives the new set the annotations of the deployment, and a new revision if it was an old set.
async fn annotate(cluster: &Cluster<'_>, deployment: &Value, sets: &Sets, new: &Value, plan: Plan) {
    let before = revision_of(new);
    let revision = before.max(newest(sets) + 1);
    let mut wanted = annotations(deployment, plan, revision);
    let history = new["metadata"]["annotations"][HISTORY].as_str().unwrap_or_default();
    if revision != before && before > 0 {
        let history = if history.is_empty() { before.to_string() } else { format!("{history},{before}") };
        wanted[HISTORY] = json!(history);
    } else if !history.is_empty() {
        wanted[HISTORY] = json!(history);
    }
    let seconds = &deployment["spec"]["minReadySeconds"];
    if new["metadata"]["annotations"] != wanted || new["spec"]["minReadySeconds"] != *seconds {
        let change = |set: &mut Value| {
            set["metadata"]["annotations"] = wanted.clone();
            if seconds.is_null() {
                set["spec"].as_object_mut().map(|spec| spec.remove("minReadySeconds"));
            } else {
                set["spec"]["minReadySeconds"] = seconds.clone();
            }
        };
        cluster.change(SETS, new, Subresource::Main, &change).await;
    }
}

fn member(set: &Value) -> Member {
    Member {
        wanted: number(&set["spec"]["replicas"]),
        present: number(&set["status"]["replicas"]),
        available: number(&set["status"]["availableReplicas"]),
    }
}

async fn scale(cluster: &Cluster<'_>, sets: &Sets, plan: Plan, is_paused: bool) {
    let old: Vec<Member> = sets.old.iter().map(|set| member(set.value())).collect();
    if is_paused {
        // Only the set that has replicas follows the deployment.
        let with_replicas: Vec<&Value> = sets.all().filter(|set| number(&set["spec"]["replicas"]) > 0).collect();
        if let [set] = with_replicas.as_slice() {
            scale_to(cluster, set, plan.replicas).await;
        }
        return;
    }
    let Some(new) = &sets.new else { return };
    let wanted = plan.new_replicas(member(new.value()), &old);
    scale_to(cluster, new.value(), wanted).await;
    let grown = Member { wanted, ..member(new.value()) };
    for (set, wanted) in sets.old.iter().zip(plan.old_replicas(grown, &old)) {
        scale_to(cluster, set.value(), wanted).await;
    }
}

async fn scale_to(cluster: &Cluster<'_>, set: &Value, replicas: i64) {
    if number(&set["spec"]["replicas"]) != replicas {
        cluster.scale(SETS, set, replicas).await;
    }
}

fn is_complete(deployment: &Value, sets: &Sets) -> bool {
    let wanted = number(&deployment["spec"]["replicas"]);
    let Some(new) = sets.new.as_ref().map(|set| member(set.value())) else { return false };
    new.present == wanted && new.available == wanted && sets.sum("replicas") == wanted
}

/// Deletes old sets beyond the limit of the history.
async fn trim(cluster: &Cluster<'_>, deployment: &Value, sets: &Sets) {
    let limit = usize::try_from(number(&deployment["spec"]["revisionHistoryLimit"])).unwrap_or(usize::MAX);
    let is_empty = |set: &&Stored| {
        let member = member(set.value());
        member.wanted == 0 && member.present == 0
    };
    for set in sets.old[..sets.old.len().saturating_sub(limit)].iter().filter(is_empty) {
        cluster.delete(SETS, set.value()).await;
    }
}

async fn write_status(cluster: &Cluster<'_>, deployment: &Value, sets: &Sets, is_complete: bool) -> Option<Timestamp> {
    let mut status = deployment["status"].clone();
    let (replicas, available) = (sets.sum("replicas"), sets.sum("availableReplicas"));
    let wanted: i64 = sets.all().map(|set| number(&set["spec"]["replicas"])).sum();
    let updated = sets.new.as_ref().map_or(0, |set| number(&set.value()["status"]["replicas"]));
    let counts = [
        ("observedGeneration", number(&deployment["metadata"]["generation"])),
        ("replicas", replicas),
        ("updatedReplicas", updated),
        ("readyReplicas", sets.sum("readyReplicas")),
        ("availableReplicas", available),
        ("unavailableReplicas", (wanted - available).max(0)),
    ];
    set_counts(&mut status, &[], &counts);
    status["terminatingReplicas"] = json!(sets.sum("terminatingReplicas"));
    let plan = Plan::of(&deployment["spec"]);
    let least = plan.replicas - plan.rolling.map_or(0, |(_, missing)| missing);
    let (status_text, reason, message) = if available >= least {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    let (time, other) = (cluster.time(), Some("lastUpdateTime"));
    condition::set(&mut status, Condition { of: "Available", status: status_text, reason, message }, &time, other);
    let has_moved = counts[1..].iter().any(|(name, count)| number(&deployment["status"][*name]) != *count);
    let deadline = progress(cluster, deployment, sets, &mut status, (is_complete, has_moved));
    let revision = sets.new.as_ref().map(|set| set.value()["metadata"]["annotations"][REVISION].clone());
    let revision = revision.unwrap_or_else(|| deployment["metadata"]["annotations"][REVISION].clone());
    if deployment["status"] != status || deployment["metadata"]["annotations"][REVISION] != revision {
        let change = |object: &mut Value| {
            object["status"] = status.clone();
            if !revision.is_null() {
                object["metadata"]["annotations"][REVISION] = revision.clone();
            }
        };
        cluster.change(DEPLOYMENTS, deployment, Subresource::Status, &change).await;
    }
    deadline
}

/// Sets the condition `Progressing`. Returns the time at which the rollout has taken too long.
fn progress(
    cluster: &Cluster<'_>,
    deployment: &Value,
    sets: &Sets,
    status: &mut Value,
    (is_complete, has_moved): (bool, bool),
) -> Option<Timestamp> {
    let before = condition::find(status, "Progressing").cloned();
    let reason_before = before.as_ref().map_or("", |one| one["reason"].as_str().unwrap_or_default()).to_owned();
    let updated = before.as_ref().and_then(|one| one["lastUpdateTime"].as_str()?.parse::<Timestamp>().ok());
    let allowed = SignedDuration::from_secs(number(&deployment["spec"]["progressDeadlineSeconds"]));
    let deadline = updated.and_then(|time| time.checked_add(allowed).ok());
    let is_late = !has_moved && deadline.is_some_and(|time| time <= cluster.now);
    let name = sets.new.as_ref().map_or("", |set| text(set.value(), "name"));
    let (value, reason, message) = if deployment["spec"]["paused"] == true {
        ("Unknown", "DeploymentPaused", "Deployment is paused".to_owned())
    } else if is_complete {
        ("True", "NewReplicaSetAvailable", format!("ReplicaSet \"{name}\" has successfully progressed."))
    } else if reason_before.is_empty() {
        ("True", "NewReplicaSetCreated", format!("Created new replica set \"{name}\""))
    } else if reason_before == "ProgressDeadlineExceeded" && !has_moved || is_late {
        ("False", "ProgressDeadlineExceeded", format!("ReplicaSet \"{name}\" has timed out progressing."))
    } else if has_moved || reason_before != "NewReplicaSetAvailable" {
        ("True", "ReplicaSetUpdated", format!("ReplicaSet \"{name}\" is progressing."))
    } else {
        return None;
    };
    let condition = Condition { of: "Progressing", status: value, reason, message: &message };
    condition::set(status, condition, &cluster.time(), Some("lastUpdateTime"));
    let found =
        status["conditions"].as_array_mut().and_then(|all| all.iter_mut().find(|one| one["type"] == "Progressing"));
    if let Some(found) = found.filter(|_| has_moved && !is_complete) {
        found["lastUpdateTime"] = json!(cluster.time());
    }
    deadline.filter(|time| !is_complete && *time > cluster.now)
}
