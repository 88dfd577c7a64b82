//! The quotas of a namespace: what an object uses is added to what is used already, or the object is refused. A quota limits
//! nothing before its status says what is used: on a real cluster, its controller fills that in.
//!
//! Source: `k8s.io/apiserver/pkg/admission/plugin/resourcequota`.

mod scope;
mod usage;

use std::collections::BTreeMap;

use crdgen_schema::quantity::Quantity;
use serde_json::{Value, json};

use super::limit_ranger::read;
use super::{Answer, Operation, Plugin, Review};
use crate::object::text;
use crate::registry::change_own_status;
use crate::status::{Result, Status};
use crate::strategy::quota::QUOTAS;
use usage::Kind;

/// The plugin `ResourceQuota`.
#[derive(Debug)]
pub(super) struct ResourceQuota;

impl Plugin for ResourceQuota {
    fn validate<'a>(&'a self, review: &'a Review<'_>) -> Answer<'a> {
        Box::pin(charge_all(review))
    }
}

/// What is charged to a quota.
struct Charge<'a> {
    review: &'a Review<'a>,
    more: BTreeMap<String, Quantity>,
}

async fn charge_all(review: &Review<'_>) -> Result<()> {
    let Some(kind) = Kind::of(review).filter(|_| review.attributes.namespace.is_some()) else { return Ok(()) };
    let mut charges = Vec::new();
    for stored in review.neighbours(QUOTAS) {
        if let Some(more) = charge_of(review, &kind, stored.value())? {
            let charge = Charge { review, more };
            charge.apply(&mut stored.value().clone())?;
            charges.push((stored, charge));
        }
    }
    let attributes = review.attributes;
    let Some(resource) = attributes.state.read_catalog(|catalog| catalog.of_collection(QUOTAS)) else { return Ok(()) };
    if attributes.options.dry_run {
        return Ok(());
    }
    for (stored, charge) in charges {
        let change = |current: &Value| {
            let mut object = current.clone();
            charge.apply(&mut object)?;
            Ok(object)
        };
        change_own_status(attributes.state, &resource, stored.value(), &change).await?;
    }
    Ok(())
}

/// What the object uses of a quota; none if nothing.
fn charge_of(review: &Review<'_>, kind: &Kind, quota: &Value) -> Result<Option<BTreeMap<String, Quantity>>> {
    let (name, hard) = (text(quota, "name"), read(&quota["status"]["hard"]));
    let matching: Vec<&str> = hard.keys().map(String::as_str).filter(|resource| kind.counts(resource)).collect();
    if matching.is_empty() || !scope::matches(quota, kind, &review.object) {
        return Ok(None);
    }
    if let Some(why) = kind.missing(&matching, &review.object) {
        return Err(review.forbidden(&format!("failed quota: {name}: {why}")));
    }
    let used = &quota["status"]["used"];
    if matching.iter().any(|resource| used[*resource].is_null()) {
        let resources = matching.join(",");
        return Err(review.forbidden(&format!("status unknown for quota: {name}, resources: {resources}")));
    }
    let mut more = kind.usage(&review.object);
    let negative: Vec<&str> = more.iter().filter(|(_, more)| more.sign() < 0).map(|(name, _)| name.as_str()).collect();
    if !negative.is_empty() {
        let resources = negative.join(",");
        return Err(review.forbidden(&format!("quota usage is negative for resource(s): {resources}")));
    }
    if review.operation == Operation::Update && scope::matches(quota, kind, review.old) {
        for (resource, before) in kind.usage(review.old) {
            let Some(now) = more.get_mut(&resource) else { continue };
            now.subtract(&before);
            if now.sign() < 0 {
                // What is not used any longer is given back by the quota's controller.
                *now = Quantity::zero();
            }
        }
    }
    more.retain(|resource, more| more.sign() != 0 && hard.contains_key(resource));
    Ok(Some(more).filter(|more| !more.is_empty()))
}

impl Charge<'_> {
    /// Adds to what is used, unless that is too much.
    fn apply(&self, quota: &mut Value) -> Result<()> {
        let (hard, mut used) = (read(&quota["status"]["hard"]), read(&quota["status"]["used"]));
        let before = used.clone();
        let mut exceeded = Vec::new();
        for (resource, more) in &self.more {
            let now = used.entry(resource.clone()).or_insert_with(Quantity::zero);
            now.add(more);
            if hard.get(resource).is_some_and(|most| *now > *most) {
                exceeded.push(resource.as_str());
            }
        }
        if !exceeded.is_empty() {
            return Err(self.refuse(text(quota, "name"), &exceeded, &before, &hard));
        }
        for resource in self.more.keys() {
            quota["status"]["used"][resource.as_str()] = json!(used[resource].to_string());
        }
        Ok(())
    }

    fn refuse(
        &self,
        name: &str,
        exceeded: &[&str],
        used: &BTreeMap<String, Quantity>,
        hard: &BTreeMap<String, Quantity>,
    ) -> Box<Status> {
        let list = |of: &BTreeMap<String, Quantity>| {
            let one = |resource: &&str| of.get(*resource).map(|quantity| format!("{resource}={quantity}"));
            exceeded.iter().filter_map(one).collect::<Vec<_>>().join(",")
        };
        let (asked, used, most) = (list(&self.more), list(used), list(hard));
        let why = format!("exceeded quota: {name}, requested: {asked}, used: {used}, limited: {most}");
        self.review.forbidden(&why)
    }
}
