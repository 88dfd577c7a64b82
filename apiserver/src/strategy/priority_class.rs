//! `scheduling.k8s.io/v1` `PriorityClass`.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/scheduling/validation`, `pkg/apis/scheduling/v1/helpers.go`.

use serde_json::{Value, json};

use crate::check::Field;
use crate::object;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `scheduling.k8s.io/v1/PriorityClass`
#[derive(Debug)]
pub(super) struct PriorityClass;

/// The collection of priority classes.
pub(crate) const PRIORITY_CLASSES: &str = "scheduling.k8s.io/priorityclasses";

/// The classes that every cluster has: their names, values and descriptions.
pub(crate) const SYSTEM: [(&str, i64, &str); 2] = [
    (
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
    (
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
];

impl Strategy for PriorityClass {
    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object::set(object, "generation", Value::from(1));
    }

    fn prepare_for_update(&self, _resource: &Resource, _object: &mut Value, _old: &Value, _: Subresource) {}

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (name, value) = (object.get("metadata").get("name"), object.get("value"));
        if name.text().starts_with("system-") {
            if let Some(why) = unlike_system(name.text(), value.int(), object.get("globalDefault").flag()) {
                name.forbidden(format!(
                    "priority class names with 'system-' prefix are reserved for system use only. error: {why}"
                ));
            }
        } else if value.int() > 1_000_000_000 {
            value.forbidden("maximum allowed value of a user defined priority is 1000000000");
        }
        let policy = object.get("preemptionPolicy");
        if policy.is_set() {
            policy.require_one_of(&["PreemptLowerPriority", "Never"]);
        }
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        if object.get("value").int() != old.get("value").int() {
            object.get("value").forbidden("may not be changed in an update.");
        }
        object.get("preemptionPolicy").immutable(old.get("preemptionPolicy"));
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![
            object["metadata"]["name"].clone(),
            json!(object["value"].as_i64().unwrap_or(0)),
            json!(object["globalDefault"] == true),
            table::age(object, now),
            json!(object["preemptionPolicy"].as_str().unwrap_or_default()),
        ]
    }
}

/// What makes a class differ from the one that every cluster has (`IsKnownSystemPriorityClass`).
fn unlike_system(name: &str, value: i64, global: bool) -> Option<String> {
    let Some((_, known, _)) = SYSTEM.iter().find(|(known, ..)| *known == name) else {
        return Some(format!("{name} is not a known system priority class"));
    };
    if *known != value {
        return Some(format!("value of {name} PriorityClass must be {known}"));
    }
    global.then(|| format!("globalDefault of {name} PriorityClass must be false"))
}
