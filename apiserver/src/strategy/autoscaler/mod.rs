//! `autoscaling` `HorizontalPodAutoscaler`: how many pods a workload has, by what they need. `v2` is stored; what `v1` has no
//! fields for, it shows in annotations.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/autoscaling`, `pkg/registry/autoscaling/horizontalpodautoscaler`.

mod annotation;
mod cells;
mod conversion;
mod metric;
mod validation;

use serde_json::{Value, json};

use crate::check::{Check, Field};
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::status::Result;

/// `autoscaling/v2/HorizontalPodAutoscaler`
#[derive(Debug)]
pub(super) struct Autoscaler;

/// `autoscaling/v1/HorizontalPodAutoscaler`
#[derive(Debug)]
pub(super) struct OldAutoscaler;

const OLD: &str = "autoscaling/v1";
const NEW: &str = "autoscaling/v2";
const VERSIONS: [&str; 2] = [OLD, NEW];

impl Strategy for Autoscaler {
    /// An empty list of policies is not the default: it is wrong.
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        const RULES: [&str; 2] = ["scaleUp", "scaleDown"];
        let behavior = &object["spec"]["behavior"];
        let emptied = RULES.map(|rules| behavior[rules]["policies"].as_array().is_some_and(Vec::is_empty));
        let findings = built_in::decode(resource, object)?;
        for (rules, _) in RULES.into_iter().zip(emptied).filter(|(_, emptied)| *emptied) {
            object["spec"]["behavior"][rules]["policies"] = json!([]);
        }
        self.set_defaults(object);
        Ok(findings)
    }

    fn set_defaults(&self, object: &mut Value) {
        set_defaults(object);
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        validation::check(object.get("spec"), None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        check_update(object, old, subresource);
    }

    fn versions(&self) -> &'static [&'static str] {
        &VERSIONS
    }

    fn converted(&self, object: &Value, to: &str) -> Value {
        converted(object, to)
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of(object, now)
    }
}

impl Strategy for OldAutoscaler {
    fn set_defaults(&self, object: &mut Value) {
        // Go's own type is like the newer version: what goes through it has a metric, and annotations that say what it says.
        if object["spec"].is_object() {
            *object = converted(&converted(object, NEW), OLD);
        }
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(self.counted(), resource, object, old, subresource);
        // Some of these are a part of the status, and some of the rest.
        let kept = match subresource {
            Subresource::Status => [annotation::METRICS, annotation::BEHAVIOR],
            _ => [annotation::CURRENT, annotation::CONDITIONS],
        };
        for name in kept {
            let before = old["metadata"]["annotations"][name].as_str().map(str::to_owned);
            annotation::replace(object, name, before);
        }
    }

    fn hidden_annotations(&self) -> &'static [&'static str] {
        &annotation::ALL
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let new = converted(object.value(), NEW);
        let errors = Check::of(&new, |new| validation::check(new.get("spec"), None));
        for error in errors {
            object.report(error);
        }
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        let (new, before) = (converted(object.value(), NEW), converted(old.value(), NEW));
        let errors = Check::of_update(&new, &before, |new, before| check_update(new, before, subresource));
        for error in errors {
            object.report(error);
        }
    }

    fn to_stored(&self, _resource: &Resource, object: Value) -> Value {
        converted(&object, NEW)
    }

    fn read_stored(&self, _resource: &Resource, object: Value) -> Value {
        converted(&object, OLD)
    }

    fn versions(&self) -> &'static [&'static str] {
        &VERSIONS
    }

    fn converted(&self, object: &Value, to: &str) -> Value {
        converted(object, to)
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of(&converted(object, NEW), now)
    }
}

fn converted(object: &Value, to: &str) -> Value {
    match (object["apiVersion"].as_str().unwrap_or_default(), to) {
        (OLD, NEW) => conversion::to_new(object),
        (NEW, OLD) => conversion::to_old(object),
        _ => object.clone(),
    }
}

fn check_update<'a>(object: Field<'a>, old: Field<'a>, subresource: Subresource) {
    if subresource == Subresource::Main {
        validation::check(object.get("spec"), Some(old.get("spec")));
        return;
    }
    for name in ["currentReplicas", "desiredReplicas"] {
        object.get("status").get(name).not_negative();
    }
}

fn set_defaults(object: &mut Value) {
    let Some(spec) = object.get_mut("spec").filter(|spec| spec.is_object()) else { return };
    if spec["metrics"].as_array().is_none_or(Vec::is_empty) {
        spec["metrics"] = json!([conversion::cpu(&json!(80))]);
    }
    if spec.get("behavior").is_some_and(Value::is_object) {
        let up = json!({
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [
                {"type": "Pods", "value": 4, "periodSeconds": 15},
                {"type": "Percent", "value": 100, "periodSeconds": 15},
            ],
        });
        let down = json!({
            "selectPolicy": "Max",
            "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
        });
        for (name, mut rules) in [("scaleUp", up), ("scaleDown", down)] {
            for (key, value) in spec["behavior"][name].as_object().into_iter().flatten() {
                rules[key] = value.clone();
            }
            spec["behavior"][name] = rules;
        }
    }
}
