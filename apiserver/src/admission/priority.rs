//! A pod has the priority of its priority class, or of the default class.
//!
//! Source: `plugin/pkg/admission/priority` of Kubernetes.

use std::future::ready;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Operation, Plugin, Review};
use crate::object::text;
use crate::resource::built_in;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::status::{Result, Status};
use crate::store::Stored;
use crate::strategy::PODS;

const CLASSES: &str = "scheduling.k8s.io/priorityclasses";

/// The plugin `Priority`.
#[derive(Debug)]
pub(super) struct Priority;

impl Plugin for Priority {
    fn mutate<'a>(&'a self, review: &'a mut Review<'_>) -> Answer<'a> {
        let attributes = review.attributes;
        let is_pod = attributes.resource.collection == PODS && attributes.subresource == Subresource::Main;
        let outcome = match review.operation {
            Operation::Create if is_pod => prioritize(review),
            Operation::Update if is_pod => {
                keep_priority(review);
                Ok(())
            }
            _ => Ok(()),
        };
        Box::pin(ready(outcome))
    }

    fn validate<'a>(&'a self, review: &'a Review<'_>) -> Answer<'a> {
        let is_class = review.attributes.resource.collection == CLASSES;
        let outcome = if is_class && review.operation != Operation::Delete { check_default(review) } else { Ok(()) };
        Box::pin(ready(outcome))
    }
}

fn prioritize(review: &mut Review<'_>) -> Result<()> {
    let state = review.attributes.state;
    let refuse = |why: String| {
        let of = review.attributes.resource.group_resource();
        Err(Status::forbidden(of, text(&review.object, "name"), &why))
    };
    let spec = &review.object["spec"];
    let (given, name) = (&spec["priority"], spec["priorityClassName"].as_str().unwrap_or_default());
    let class = match name {
        "" => default_class(state),
        name => match state.store.get(CLASSES, name) {
            Some(class) => Some(class),
            None => return refuse(format!("no PriorityClass with name {name} was found")),
        },
    };
    let class = class.map_or_else(|| json!({"preemptionPolicy": "PreemptLowerPriority"}), |class| class.value.clone());
    let priority = class["value"].as_i64().unwrap_or(0);
    if given.as_i64().is_some_and(|given| given != priority) {
        return refuse(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller \
             computed {priority} from the given PriorityClass name"
        ));
    }
    let (own, policy) = (spec["preemptionPolicy"].as_str(), class["preemptionPolicy"].as_str());
    if let (Some(own), Some(policy)) = (own, policy)
        && own != policy
    {
        return refuse(format!(
            "the string value of PreemptionPolicy ({own}) must not be provided in pod spec; priority admission controller \
             computed {policy} from the given PriorityClass name"
        ));
    }
    let spec = &mut review.object["spec"];
    if let Some(name) = class["metadata"]["name"].as_str() {
        spec["priorityClassName"] = Value::from(name);
    }
    spec["priority"] = Value::from(priority);
    if let Some(policy) = policy {
        spec["preemptionPolicy"] = Value::from(policy);
    }
    Ok(())
}

/// An update that says nothing of the priority keeps it.
fn keep_priority(review: &mut Review<'_>) {
    let Some(stored) = review.attributes.stored() else { return };
    for name in ["priority", "preemptionPolicy"] {
        if review.object["spec"].get(name).is_none() {
            built_in::keep(&mut review.object["spec"], &stored.value["spec"], name);
        }
    }
}

/// Of several default classes the one with the least priority counts.
fn default_class(state: &State) -> Option<Arc<Stored>> {
    let classes = state.store.snapshot(CLASSES);
    let defaults = classes.objects.values().filter(|class| class.value["globalDefault"] == true);
    defaults.min_by_key(|class| class.value["value"].as_i64()).cloned()
}

/// One class is the default at most.
fn check_default(review: &Review<'_>) -> Result<()> {
    let name = text(&review.object, "name");
    let Some(default) = default_class(review.attributes.state) else { return Ok(()) };
    let other = text(&default.value, "name");
    if review.object["globalDefault"] != true || (review.operation == Operation::Update && other == name) {
        return Ok(());
    }
    let why = format!("PriorityClass {other} is already marked as default. Only one default can exist");
    Err(Status::forbidden(review.attributes.resource.group_resource(), name, &why))
}
