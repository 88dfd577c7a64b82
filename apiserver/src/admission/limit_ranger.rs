//! What the limit ranges of a namespace give to its pods, and what they allow.
//!
//! Source: `k8s.io/kubernetes/plugin/pkg/admission/limitranger`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::quantity::Quantity;
use serde_json::{Value, json};

use super::{Operation, Review};
use crate::object::meta;
use crate::resource::strategy::Subresource;
use crate::status::Result;
use crate::strategy::PODS;
use crate::strategy::limit_range::LIMIT_RANGES;
use crate::strategy::volume::CLAIMS;

/// The annotation that tells what a pod was given.
const ANNOTATION: &str = "kubernetes.io/limit-ranger";

/// The largest number of which thousandths are compared.
const MOST_IN_THOUSANDTHS: i64 = i64::MAX / 1000;

/// Resources by name.
type Resources = BTreeMap<String, Quantity>;

/// Gives the containers of a pod what they do not say.
pub(super) fn mutate(review: &mut Review<'_>) {
    if !concerns(review) || !review.is_of_any_part(PODS) {
        return;
    }
    for range in review.neighbours(LIMIT_RANGES) {
        let pod = &mut review.object;
        let mut told = Vec::new();
        for (list, what) in [("containers", "container"), ("initContainers", "init container")] {
            for container in pod["spec"][list].as_array_mut().into_iter().flatten() {
                for (part, default, noun) in [("requests", "defaultRequest", "request"), ("limits", "default", "limit")]
                {
                    let given = give(container, part, &defaults(range.value(), default));
                    if !given.is_empty() {
                        let name = container["name"].as_str().unwrap_or_default();
                        told.push(format!("{} {noun} for {what} {name}", given.join(", ")));
                    }
                }
            }
        }
        if !told.is_empty() {
            pod["metadata"]["annotations"][ANNOTATION] = json!(format!("LimitRanger plugin set: {}", told.join("; ")));
        }
    }
}

/// The defaults for containers.
fn defaults(range: &Value, part: &str) -> BTreeMap<String, Value> {
    let limits = range["spec"]["limits"].as_array().into_iter().flatten();
    let parts = limits.filter(|limit| limit["type"] == "Container").filter_map(|limit| limit[part].as_object());
    parts.flatten().map(|(name, quantity)| (name.clone(), quantity.clone())).collect()
}

/// Adds what a container lacks, and tells its names.
fn give(container: &mut Value, part: &str, defaults: &BTreeMap<String, Value>) -> Vec<String> {
    let mut given = Vec::new();
    for (name, quantity) in defaults {
        let own = &mut container["resources"][part];
        if own[name].is_null() {
            own[name] = quantity.clone();
            given.push(name.clone());
        }
    }
    given
}

fn concerns(review: &Review<'_>) -> bool {
    if meta(review.old, "deletionTimestamp").is_some() {
        return false;
    }
    let is_update = review.operation == Operation::Update;
    match review.attributes.subresource {
        Subresource::Resize => review.is_of_any_part(PODS) && is_update,
        Subresource::Main => review.is_of(CLAIMS) || (review.is_of(PODS) && !is_update),
        _ => false,
    }
}

/// Refuses what is out of the limits.
pub(super) fn validate(review: &Review<'_>) -> Result<()> {
    if !concerns(review) {
        return Ok(());
    }
    for range in review.neighbours(LIMIT_RANGES) {
        let mut faults = Vec::new();
        for limit in range.value()["spec"]["limits"].as_array().into_iter().flatten() {
            check(review, limit, &mut faults);
        }
        let mut told = BTreeSet::new();
        faults.retain(|fault| told.insert(fault.clone()));
        match &faults[..] {
            [] => {}
            [only] => return Err(review.forbidden(only)),
            all => return Err(review.forbidden(&format!("[{}]", all.join(", ")))),
        }
    }
    Ok(())
}

fn check(review: &Review<'_>, limit: &Value, faults: &mut Vec<String>) {
    let of = Limit { kind: limit["type"].as_str().unwrap_or_default(), limit };
    let object = &review.object;
    match (review.is_of_any_part(PODS), of.kind) {
        (true, "Container") => {
            for container in ["containers", "initContainers"].iter().flat_map(|list| items(&object["spec"][*list])) {
                let part = |name: &str| read(&container["resources"][name]);
                of.check(&part("requests"), &part("limits"), faults);
            }
        }
        (true, "Pod") => of.check(&total(&object["spec"], "requests"), &total(&object["spec"], "limits"), faults),
        (false, "PersistentVolumeClaim") => {
            let requests = read(&object["spec"]["resources"]["requests"]);
            faults.extend(
                of.each("min").filter_map(|(name, min)| of.below_min(&name, &min, &requests, &Resources::new())),
            );
            faults.extend(of.each("max").filter_map(|(name, max)| of.above_max_request(&name, &max, &requests)));
        }
        _ => {}
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A list of resources.
pub(super) fn read(list: &Value) -> Resources {
    let entries = list.as_object().into_iter().flatten();
    entries.filter_map(|(name, text)| Some((name.clone(), Quantity::parse(text.as_str()?)?))).collect()
}

/// What a whole pod requests, or is limited to.
pub(super) fn total(spec: &Value, part: &str) -> Resources {
    let mut sum = Resources::new();
    for container in items(&spec["containers"]) {
        add(&mut sum, &read(&container["resources"][part]));
    }
    let (mut before, mut most) = (Resources::new(), Resources::new());
    for container in items(&spec["initContainers"]) {
        let mut own = read(&container["resources"][part]);
        if container["restartPolicy"] == "Always" {
            add(&mut sum, &own);
            add(&mut before, &own);
            own = before.clone();
        } else {
            add(&mut own, &before);
        }
        raise(&mut most, &own);
    }
    raise(&mut sum, &most);
    let of_pod = read(&spec["resources"][part]);
    sum.extend(of_pod.into_iter().filter(|(name, _)| name == "cpu" || name == "memory"));
    sum
}

/// Adds resources to others.
pub(super) fn add(sum: &mut Resources, more: &Resources) {
    for (name, quantity) in more {
        match sum.get_mut(name) {
            Some(own) => own.add(quantity),
            None => drop(sum.insert(name.clone(), quantity.clone())),
        }
    }
}

fn raise(most: &mut Resources, other: &Resources) {
    for (name, quantity) in other {
        if most.get(name).is_none_or(|own| quantity > own) {
            most.insert(name.clone(), quantity.clone());
        }
    }
}

/// One limit of a range.
struct Limit<'a> {
    kind: &'a str,
    limit: &'a Value,
}

impl Limit<'_> {
    fn each(&self, part: &str) -> impl Iterator<Item = (String, Quantity)> {
        read(&self.limit[part]).into_iter()
    }

    fn check(&self, requests: &Resources, limits: &Resources, faults: &mut Vec<String>) {
        faults.extend(self.each("min").filter_map(|(name, min)| self.below_min(&name, &min, requests, limits)));
        faults.extend(self.each("max").filter_map(|(name, max)| self.above_max(&name, &max, requests, limits)));
        let ratios = self.each("maxLimitRequestRatio");
        faults.extend(ratios.filter_map(|(name, ratio)| self.above_ratio(&name, &ratio, requests, limits)));
    }

    fn below_min(&self, name: &str, min: &Quantity, requests: &Resources, limits: &Resources) -> Option<String> {
        let start = format!("minimum {name} usage per {} is {min}", self.kind);
        let (request, limit) = (requests.get(name), limits.get(name));
        let (requested, limited, enforced) = comparable(request, limit, min);
        match (request, limit) {
            (None, _) => Some(format!("{start}.  No request is specified")),
            (Some(request), _) if requested < enforced => Some(format!("{start}, but request is {request}")),
            (_, Some(limit)) if limited < enforced => Some(format!("{start}, but limit is {limit}")),
            _ => None,
        }
    }

    fn above_max_request(&self, name: &str, max: &Quantity, requests: &Resources) -> Option<String> {
        let start = format!("maximum {name} usage per {} is {max}", self.kind);
        let request = requests.get(name);
        let (requested, _, enforced) = comparable(request, None, max);
        match request {
            None => Some(format!("{start}.  No request is specified")),
            Some(request) if requested > enforced => Some(format!("{start}, but request is {request}")),
            Some(_) => None,
        }
    }

    fn above_max(&self, name: &str, max: &Quantity, requests: &Resources, limits: &Resources) -> Option<String> {
        let start = format!("maximum {name} usage per {} is {max}", self.kind);
        let (request, limit) = (requests.get(name), limits.get(name));
        let (requested, limited, enforced) = comparable(request, limit, max);
        match (request, limit) {
            (_, None) => Some(format!("{start}.  No limit is specified")),
            (_, Some(limit)) if limited > enforced => Some(format!("{start}, but limit is {limit}")),
            (Some(request), _) if requested > enforced => Some(format!("{start}, but request is {request}")),
            _ => None,
        }
    }

    #[allow(clippy::cast_precision_loss)] // As Go does.
    fn above_ratio(&self, name: &str, ratio: &Quantity, requests: &Resources, limits: &Resources) -> Option<String> {
        let start = format!("{name} max limit to request ratio per {} is {ratio}", self.kind);
        let (requested, limited, _) = comparable(requests.get(name), limits.get(name), ratio);
        if requested == 0 {
            return Some(format!("{start}, but no request is specified or request is 0"));
        }
        if limited == 0 {
            return Some(format!("{start}, but no limit is specified or limit is 0"));
        }
        let observed = limited as f64 / requested as f64;
        let is_above = if ratio.value() <= MOST_IN_THOUSANDTHS {
            observed * 1000.0 > ratio.milli_value() as f64
        } else {
            observed > ratio.value() as f64
        };
        is_above.then(|| format!("{start}, but provided ratio is {observed:.6}"))
    }
}

/// The numbers that are compared: thousandths, where all of them fit (`requestLimitEnforcedValues`).
fn comparable(request: Option<&Quantity>, limit: Option<&Quantity>, enforced: &Quantity) -> (i64, i64, i64) {
    let whole = |quantity: Option<&Quantity>| quantity.map_or(0, Quantity::value);
    let (requested, limited) = (whole(request), whole(limit));
    if [requested, limited, enforced.value()].iter().all(|value| *value <= MOST_IN_THOUSANDTHS) {
        let milli = |quantity: Option<&Quantity>| quantity.map_or(0, Quantity::milli_value);
        return (milli(request), milli(limit), enforced.milli_value());
    }
    (requested, limited, enforced.value())
}
