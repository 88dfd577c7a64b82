//! The priorities of pods, which come from their classes.
//!
//! Source: `k8s.io/kubernetes/plugin/pkg/admission/priority`.

use serde_json::{Value, json};

use super::{Operation, Review};
use crate::object::text;
use crate::status::Result;
use crate::strategy::PODS;
use crate::strategy::priority_class::PRIORITY_CLASSES;

/// Gives a pod its priority.
pub(super) fn mutate(review: &mut Review<'_>) -> Result<()> {
    if !review.is_of(PODS) {
        return Ok(());
    }
    if review.operation == Operation::Update {
        let old = review.old;
        for part in ["priority", "preemptionPolicy"] {
            let spec = &mut review.object["spec"];
            if spec[part].is_null() && !old["spec"][part].is_null() {
                spec[part] = old["spec"][part].clone();
            }
        }
        return Ok(());
    }
    let class = class(review)?;
    let spec = &review.object["spec"];
    let (wanted, policy) = (&spec["priority"], &spec["preemptionPolicy"]);
    let computed = "must not be provided in pod spec; priority admission controller computed";
    let from = "from the given PriorityClass name";
    if !wanted.is_null() && *wanted != class.priority {
        let why = format!("the integer value of priority ({wanted}) {computed} {} {from}", class.priority);
        return Err(review.forbidden(&why));
    }
    if let (Some(policy), Some(computes)) = (policy.as_str(), &class.policy)
        && policy != computes
    {
        let why = format!("the string value of PreemptionPolicy ({policy}) {computed} {computes} {from}");
        return Err(review.forbidden(&why));
    }
    let spec = &mut review.object["spec"];
    spec["priority"] = json!(class.priority);
    if !class.name.is_empty() {
        spec["priorityClassName"] = json!(class.name);
    }
    if let Some(policy) = class.policy {
        spec["preemptionPolicy"] = json!(policy);
    }
    Ok(())
}

/// What a pod gets.
struct Class {
    name: String,
    priority: i64,
    policy: Option<String>,
}

impl Class {
    fn read(class: &Value) -> Self {
        Self {
            name: text(class, "name").to_owned(),
            priority: class["value"].as_i64().unwrap_or(0),
            policy: class["preemptionPolicy"].as_str().map(str::to_owned),
        }
    }
}

/// The class that a pod names, or the default.
fn class(review: &Review<'_>) -> Result<Class> {
    let name = review.object["spec"]["priorityClassName"].as_str().unwrap_or_default();
    if name.is_empty() {
        let none = || Class { name: String::new(), priority: 0, policy: Some("PreemptLowerPriority".to_owned()) };
        return Ok(default(review).unwrap_or_else(none));
    }
    match review.attributes.state.store.get(PRIORITY_CLASSES, name) {
        Some(stored) => Ok(Class::read(stored.value())),
        None => Err(review.forbidden(&format!("no PriorityClass with name {name} was found"))),
    }
}

/// The lowest of the classes that are marked as the default.
fn default(review: &Review<'_>) -> Option<Class> {
    let classes = review.all(PRIORITY_CLASSES);
    let defaults = classes.iter().filter(|class| class.value()["globalDefault"] == true);
    defaults.map(|class| Class::read(class.value())).min_by_key(|class| class.priority)
}

/// Refuses a second default.
pub(super) fn validate(review: &Review<'_>) -> Result<()> {
    if !review.is_of(PRIORITY_CLASSES) || review.object["globalDefault"] != true {
        return Ok(());
    }
    match default(review) {
        Some(class) if review.operation == Operation::Create || class.name != text(&review.object, "name") => {
            let name = class.name;
            let why = format!("PriorityClass {name} is already marked as default. Only one default can exist");
            Err(review.forbidden(&why))
        }
        _ => Ok(()),
    }
}
