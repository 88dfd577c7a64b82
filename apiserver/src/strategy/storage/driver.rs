//! `storage.k8s.io/v1` `CSIDriver`: what a driver of volumes can do.

use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::built_in;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::{cell, table};

/// `storage.k8s.io/v1/CSIDriver`
#[derive(Debug)]
pub(in crate::strategy) struct CsiDriver;

impl Strategy for CsiDriver {
    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        drop_gated(object);
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, old: &Value, _: Subresource) {
        drop_gated(object);
        if object["spec"] != old["spec"] {
            built_in::raise_generation(object, old);
        }
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"));
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        const WHY: &str = "field is immutable";
        let (spec, before) = (object.get("spec"), old.get("spec"));
        check(spec);
        if !spec.get("attachRequired").equals(before.get("attachRequired")) {
            spec.get("attachRequired").shown_as(spec.get("attachedRequired")).invalid(WHY);
        }
        let modes = spec.get("volumeLifecycleModes");
        if !modes.equals(before.get("volumeLifecycleModes")) {
            modes.invalid(WHY);
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        const WARNING: &str = "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to \
            prevent possible logging of tokens in volume attributes";
        let requests = object.get("spec").get("tokenRequests");
        let changed = old.is_none_or(|old| !old.get("spec").get("tokenRequests").equals(requests));
        let unset = !object.get("spec").get("serviceAccountTokenInSecrets").is_set();
        (changed && unset && !requests.is_empty()).then(|| WARNING.to_owned()).into_iter().collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let flag = |name: &str, otherwise: bool| json!(spec[name].as_bool().unwrap_or(otherwise));
        let list = |list: &Value, part: fn(&Value) -> &Value| {
            let texts = list.as_array().into_iter().flatten().filter_map(|item| part(item).as_str());
            texts.collect::<Vec<_>>().join(",")
        };
        let requests = &spec["tokenRequests"];
        let audiences = list(requests, |request| &request["audience"]);
        vec![
            object["metadata"]["name"].clone(),
            flag("attachRequired", true),
            flag("podInfoOnMount", false),
            flag("storageCapacity", false),
            json!(if requests.is_null() { "<unset>".to_owned() } else { audiences }),
            flag("requiresRepublish", false),
            json!(cell::or_none(&list(&spec["volumeLifecycleModes"], |mode| mode))),
            table::age(object, now),
        ]
    }
}

/// The gate `VolumeLimitScaling` is off.
fn drop_gated(object: &mut Value) {
    if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("preventPodSchedulingIfMissing");
    }
}

fn check(spec: Field<'_>) {
    for (name, shown) in [
        ("attachRequired", "attachedRequired"),
        ("podInfoOnMount", "podInfoOnMount"),
        ("storageCapacity", "storageCapacity"),
    ] {
        if !spec.get(name).is_set() {
            spec.get(shown).required("");
        }
    }
    if spec.get("fsGroupPolicy").is_set() {
        spec.get("fsGroupPolicy").one_of(&["File", "None", "ReadWriteOnceWithFSType"]);
    }
    check_requests(spec.get("tokenRequests"));
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.items().filter(|mode| !["Persistent", "Ephemeral"].contains(&mode.text())) {
        mode.shown_as(modes).not_supported(&["Persistent", "Ephemeral"]);
    }
    if !spec.get("seLinuxMount").is_set() {
        spec.get("seLinuxMount").required("");
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if period.is_set() && period.int() < 10 {
        period.invalid("must be greater than or equal to 10 seconds");
    }
    let in_secrets = spec.get("serviceAccountTokenInSecrets");
    if in_secrets.is_set() && spec.get("tokenRequests").is_empty() {
        in_secrets.invalid("serviceAccountTokenInSecrets is set but no tokenRequests are specified");
    }
}

fn check_requests(requests: Field<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for request in requests.items() {
        let (audience, expiry) = (request.get("audience"), request.get("expirationSeconds"));
        if seen.contains(&audience.text()) {
            audience.duplicate_text(audience.text());
            continue;
        }
        seen.push(audience.text());
        if !expiry.is_set() {
            continue;
        }
        if expiry.int() < 600 {
            expiry.invalid("may not specify a duration less than 10 minutes");
        }
        if expiry.int() > 1 << 32 {
            expiry.invalid("may not specify a duration larger than 2^32 seconds");
        }
    }
}
