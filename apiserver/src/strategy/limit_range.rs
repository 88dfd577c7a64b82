//! `v1` `LimitRange`: what one object in a namespace may ask for, and asks for if it says nothing.
//!
//! Source: `ValidateLimitRange`, `SetDefaults_LimitRangeItem`.

use std::collections::BTreeSet;

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use crdgen_schema::quantity::Quantity;
use serde_json::{Map, Value, json};

use crate::check::{Field, quantity};
use crate::object::{self, generate};
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};

/// `v1/LimitRange`
#[derive(Debug)]
pub(super) struct LimitRange;

/// The collection of limit ranges.
pub(crate) const LIMIT_RANGES: &str = "/limitranges";

impl Strategy for LimitRange {
    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        built_in::prepare_for_create(self.counted(), resource, object);
        // Its strategy gives it a name of its own.
        if object::text(object, "name").is_empty() {
            object::set(object, "name", Value::from(generate::uid()));
        }
    }

    fn set_defaults(&self, object: &mut Value) {
        let limits = object.pointer_mut("/spec/limits").and_then(Value::as_array_mut);
        for limit in limits.into_iter().flatten().filter(|limit| limit["type"] == "Container") {
            for (from, to) in [("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest")] {
                let source = limit[from].as_object().cloned().unwrap_or_default();
                let mut target: Map<String, Value> = limit[to].as_object().cloned().unwrap_or_default();
                for (resource, amount) in source {
                    target.entry(resource).or_insert(amount);
                }
                limit[to] = Value::Object(target);
            }
            if let Some(members) = limit.as_object_mut() {
                members.retain(|_, value| !value.is_null() && *value != json!({}));
            }
        }
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let mut kinds: Vec<&str> = Vec::new();
        for limit in object.get("spec").get("limits").items() {
            let kind = limit.get("type");
            check_kind(kind);
            if kinds.contains(&kind.text()) {
                kind.duplicate_text(kind.text());
            }
            kinds.push(kind.text());
            check_limit(limit, kind.text());
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, _: Subresource) {
        object.metadata(true, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }
}

fn check_kind(kind: Field<'_>) {
    let faults = name::label_key(kind.text());
    let is_standard = matches!(kind.text(), "Pod" | "Container" | "PersistentVolumeClaim");
    if faults.is_empty() && !kind.text().contains('/') && !is_standard {
        kind.invalid("must be a standard limit type or fully qualified");
    }
    kind.invalid_for(faults);
}

fn check_limit(limit: Field<'_>, kind: &str) {
    let list = |name: &'static str| limit.get(name);
    check_names(list("max"), kind);
    check_names(list("min"), kind);
    let defaults = ["default", "defaultRequest"].map(list);
    for default in defaults {
        if kind != "Pod" {
            check_names(default, kind);
        } else if !default.is_empty() {
            default.forbidden("may not be specified when `type` is 'Pod'");
        }
    }
    let has_storage = ["min", "max"].iter().any(|name| limit.get(name).key("storage").is_set());
    if kind == "PersistentVolumeClaim" && !has_storage {
        list("limits").required("either minimum or maximum storage value is required, but neither was provided");
    }
    check_names(list("maxLimitRequestRatio"), kind);
    let mut resources: BTreeSet<&str> = BTreeSet::new();
    for name in ["max", "min", "maxLimitRequestRatio"] {
        resources.extend(limit.get(name).entries().map(|(resource, _)| resource));
    }
    if kind != "Pod" {
        resources.extend(defaults.into_iter().flat_map(Field::entries).map(|(resource, _)| resource));
    }
    for resource in resources {
        check_amounts(limit, resource, kind == "Pod");
    }
}

fn check_names(list: Field<'_>, kind: &str) {
    for (resource, amount) in list.entries() {
        if matches!(kind, "Pod" | "Container") {
            amount.container_resource_name(resource);
        } else {
            amount.resource_name(resource);
        }
    }
}

fn check_amounts<'a>(limit: Field<'a>, resource: &'a str, of_pods: bool) {
    let amount = |name: &'static str| {
        let field = limit.get(name).key(resource);
        field.is_set().then(|| (field, field.quantity()))
    };
    let (least, most, ratio) = (amount("min"), amount("max"), amount("maxLimitRequestRatio"));
    let (default, request) = if of_pods { (None, None) } else { (amount("default"), amount("defaultRequest")) };
    // A field is refused if the smaller amount is above the larger one.
    let ordered = |small: &Option<(Field<'a>, Quantity)>,
                   large: &Option<(Field<'a>, Quantity)>,
                   place: &'static str,
                   shown_is_small: bool,
                   words: (&str, &str)| {
        let (Some((_, small)), Some((_, large))) = (small, large) else { return };
        if small > large {
            let shown = if shown_is_small { small } else { large };
            let why = format!("{} {small} is greater than {} {large}", words.0, words.1);
            limit.get(place).key(resource).invalid_as(&shown.to_string().into(), why);
        }
    };
    ordered(&least, &most, "min", true, ("min value", "max value"));
    ordered(&least, &request, "defaultRequest", false, ("min value", "default request value"));
    ordered(&request, &most, "defaultRequest", true, ("default request value", "max value"));
    ordered(&request, &default, "defaultRequest", true, ("default request value", "default limit value"));
    ordered(&least, &default, "default", true, ("min value", "default value"));
    ordered(&default, &most, "default", false, ("default value", "max value"));
    if let Some((field, ratio)) = &ratio {
        check_ratio(*field, ratio, least.as_ref().map(|(_, q)| q), most.as_ref().map(|(_, q)| q));
    }
    if let (Some((_, default)), Some((field, request))) = (&default, &request)
        && !quantity::may_overcommit(resource)
        && default != request
    {
        field.invalid(format!("default value {default} must equal to defaultRequest value {request} in {resource}"));
    }
}

#[expect(clippy::cast_precision_loss, reason = "Go divides floats as well")]
fn check_ratio(field: Field<'_>, ratio: &Quantity, least: Option<&Quantity>, most: Option<&Quantity>) {
    const MOST_MILLI: i64 = i64::MAX / 1000;
    if *ratio < Quantity::from_int(1) {
        field.invalid(format!("ratio {ratio} is less than 1"));
    }
    let (Some(least), Some(most)) = (least, most) else { return };
    let small = [ratio, least, most].iter().all(|quantity| quantity.value() < MOST_MILLI);
    let (given, limit) = if small {
        (ratio.milli_value() as f64 / 1000.0, most.milli_value() as f64 / least.milli_value() as f64)
    } else {
        (ratio.value() as f64, most.value() as f64 / least.value() as f64)
    };
    if given > limit {
        field.invalid(format!("ratio {ratio} is greater than max/min = {limit:.6}"));
    }
}
