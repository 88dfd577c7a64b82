//! `POST` to `/eviction` of a pod: its deletion, if its disruption budget allows it.
//!
//! Source: `EvictionREST` in `k8s.io/kubernetes/pkg/registry/core/pod/storage`.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, decode};
use crate::check::Check;
use crate::group_resource::GroupResource;
use crate::object::{self, condition, generate, meta, text};
use crate::registry::{self, Attributes, change_directly};
use crate::request::delete_options::DeleteOptions;
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Cause, Details, Result, Status};
use crate::store::Stored;

const TOO_MANY: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
/// So many evictions may wait for the controller of budgets to see them.
const MOST_DISRUPTED: usize = 2000;

/// Evicts the pod that the path names.
pub(super) async fn evict(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "CreateOptions")?;
    let eviction = decode::read_as(call, &["policy/v1", "policy/v1beta1"], "Eviction", options.field_validation)?;
    if text(&eviction, "name") != call.name() {
        return Err(Status::bad_request("name in URL does not match name in Eviction object"));
    }
    let mut how = DeleteOptions::of(&eviction["deleteOptions"])?;
    how.dry_run |= options.dry_run;
    let write = WriteOptions { dry_run: how.dry_run, ..options };
    let attributes = call.attributes(Subresource::Main, &write);
    let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
    let pod = stored.value();
    let version = how.resource_version.clone();
    let current =
        Some(attributes.resource.read(&stored)["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned());
    if ignores_budgets(pod) {
        let is_pending = meta(pod, "deletionTimestamp").is_none() && pod["status"]["phase"] == "Pending";
        how.resource_version = version.or(current.filter(|_| is_pending));
    } else if let Some(is_unhealthy) = take_from_budget(call, pod, how.dry_run)? {
        how.resource_version = version.or(current.filter(|_| is_unhealthy));
    }
    mark(&attributes, &mut how)?;
    registry::delete(&attributes, &how).await?;
    Ok(Reply::status(&call.accept, &Status::created()))
}

/// An end of a pod that does not run disrupts nothing.
fn ignores_budgets(pod: &Value) -> bool {
    let phase = pod["status"]["phase"].as_str();
    matches!(phase, Some("Succeeded" | "Failed" | "Pending")) || meta(pod, "deletionTimestamp").is_some()
}

/// Says in the pod's status why it ends.
fn mark(attributes: &Attributes<'_>, how: &mut DeleteOptions) -> Result<()> {
    if how.dry_run {
        return Ok(());
    }
    let time = generate::time(attributes.state.now());
    let marked = change_directly(attributes, |pod| {
        registry::check_deletion(attributes, pod, how)?;
        let condition = json!({
            "type": "DisruptionTarget",
            "status": "True",
            "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting",
        });
        condition::update(pod, condition, &time);
        Ok(())
    })?;
    if how.resource_version.is_some() {
        how.resource_version = Some(text(&marked, "resourceVersion").to_owned());
    }
    Ok(())
}

/// Takes one disruption from the pod's budget, if it has one. Says whether the pod is not ready, so that it takes none.
fn take_from_budget(call: &Call<'_>, pod: &Value, dry_run: bool) -> Result<Option<bool>> {
    let Some(resource) = call.state.resource("policy", "v1", "poddisruptionbudgets") else { return Ok(None) };
    let stored = call.state.store.snapshot(&resource.collection);
    let selects = |budget: &Stored| {
        let both = json!({"selector": budget.value()["spec"]["selector"], "labels": pod["metadata"]["labels"]});
        let mut selects = false;
        Check::of(&both, |both| {
            selects = both.get("selector").is_set() && both.get("selector").selects(both.get("labels"));
        });
        selects && budget.value()["metadata"]["namespace"] == pod["metadata"]["namespace"]
    };
    let mut budgets = stored.values().filter(|budget| selects(budget));
    let Some(budget) = budgets.next() else { return Ok(None) };
    if budgets.next().is_some() {
        let why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
        return Err(Status::unclassified(why));
    }
    let name = text(budget.value(), "name").to_owned();
    if !is_ready(pod) && allows_unready(budget.value()) {
        return Ok(Some(true));
    }
    let (options, time) = (WriteOptions { dry_run, ..WriteOptions::by("") }, generate::time(call.state.now()));
    let attributes = Attributes { resource: &resource, name: &name, ..call.attributes(Subresource::Status, &options) };
    change_directly(&attributes, |budget| {
        refuse(budget)?;
        disrupt(budget, text(pod, "name"), &time);
        Ok(())
    })?;
    Ok(Some(false))
}

fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    conditions.filter(|condition| condition["type"] == "Ready").any(|condition| condition["status"] == "True")
}

/// Whether a budget does not mind that a pod goes which is not ready.
fn allows_unready(budget: &Value) -> bool {
    let count = |name: &str| budget["status"][name].as_i64().unwrap_or(0);
    budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        || (count("currentHealthy") >= count("desiredHealthy") && count("desiredHealthy") > 0)
}

/// `checkAndDecrement`: why a budget allows no disruption.
fn refuse(budget: &Value) -> Result<()> {
    let (name, status) = (text(budget, "name"), &budget["status"]);
    let count = |name: &str| status[name].as_i64().unwrap_or(0);
    let generation = meta(budget, "generation").and_then(Value::as_i64).unwrap_or(0);
    if count("observedGeneration") < generation {
        return Err(too_many(format!("The disruption budget {name} is still being processed by the server."), 10));
    }
    let forbidden = |why: &str| {
        let of = GroupResource { group: "policy", resource: "poddisruptionbudget" };
        Status::forbidden(of, name, why)
    };
    if count("disruptionsAllowed") < 0 {
        return Err(forbidden("pdb disruptions allowed is negative"));
    }
    if status["disruptedPods"].as_object().is_some_and(|pods| pods.len() > MOST_DISRUPTED) {
        return Err(forbidden("DisruptedPods map too big - too many evictions not confirmed by PDB controller"));
    }
    if count("disruptionsAllowed") > 0 {
        return Ok(());
    }
    let conditions = status["conditions"].as_array().into_iter().flatten();
    let denied = conditions
        .filter(|condition| condition["type"] == "DisruptionAllowed" && condition["status"] == "False")
        .map(|condition| [&condition["reason"], &condition["message"]].map(|text| text.as_str().unwrap_or_default()))
        .find(|[_, message]| !message.is_empty());
    let (current, desired) = (count("currentHealthy"), count("desiredHealthy"));
    let why = match denied {
        Some(["SyncFailed", message]) => format!("currently because it failed sync: {message}"),
        _ if current <= desired => {
            let why = format!("The disruption budget {name} needs {desired} healthy pods and has {current} currently");
            return Err(too_many(why, 0));
        }
        Some([reason, message]) => format!("currently ({reason}): {message}"),
        None => "currently".to_owned(),
    };
    Err(too_many(format!("The disruption budget {name} does not allow evicting pods {why}"), 0))
}

fn too_many(why: String, seconds: u16) -> Box<Status> {
    let cause = Cause { reason: "DisruptionBudget".to_owned(), message: why, field: String::new() };
    Status::failure(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", TOO_MANY).with(Details {
        causes: vec![cause],
        retry_after_seconds: seconds,
        ..Details::default()
    })
}

/// Takes a disruption, for the controller of budgets to see.
fn disrupt(budget: &mut Value, pod: &str, time: &str) {
    let left = budget["status"]["disruptionsAllowed"].as_i64().unwrap_or(0) - 1;
    budget["status"]["disruptionsAllowed"] = Value::from(left);
    if left == 0 {
        let generation = object::meta(budget, "generation").cloned().unwrap_or(Value::from(0));
        set_denied(budget, &generation, time);
    }
    if !budget["status"]["disruptedPods"].is_object() {
        budget["status"]["disruptedPods"] = json!({});
    }
    budget["status"]["disruptedPods"][pod] = Value::from(time);
}

/// `UpdateDisruptionAllowedCondition`, of a budget without disruptions.
fn set_denied(budget: &mut Value, generation: &Value, time: &str) {
    let status = &mut budget["status"];
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(all) = status["conditions"].as_array_mut() else { return };
    let old = all.iter().position(|condition| condition["type"] == "DisruptionAllowed");
    let since = old.map(|at| all[at].clone()).filter(|old| old["status"] == "False");
    let condition = json!({
        "type": "DisruptionAllowed",
        "status": "False",
        "observedGeneration": generation,
        "lastTransitionTime": since.map_or_else(|| Value::from(time), |old| old["lastTransitionTime"].clone()),
        "reason": "InsufficientPods",
        "message": "",
    });
    match old {
        Some(at) => all[at] = condition,
        None => all.push(condition),
    }
}
