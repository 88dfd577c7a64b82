//! The quality of service that a pod gets.
//!
//! Source: `pkg/apis/core/helper/qos`.

use std::collections::BTreeMap;

use crdgen_schema::quantity::Quantity;

use crate::check::Field;

/// `BestEffort` for a pod that requests nothing, `Guaranteed` for one whose containers are all limited to what they request, else
/// `Burstable`.
pub(crate) fn class(spec: Field<'_>) -> &'static str {
    let of_pod = spec.get("resources");
    let owners: Vec<Field<'_>> = if of_pod.is_set() {
        vec![of_pod]
    } else {
        let lists = ["containers", "initContainers"].into_iter().flat_map(|list| spec.get(list).items());
        lists.map(|container| container.get("resources")).collect()
    };
    let (mut requests, mut limits) = (BTreeMap::new(), BTreeMap::new());
    let mut is_guaranteed = true;
    for resources in &owners {
        add(&mut requests, resources.get("requests"));
        let has_limit = add(&mut limits, resources.get("limits"));
        let counts = !of_pod.is_set() || !resources.get("limits").is_empty();
        is_guaranteed &= !counts || has_limit == 2;
    }
    if requests.is_empty() && limits.is_empty() {
        "BestEffort"
    } else if is_guaranteed && requests == limits {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

/// Adds processor time and memory, and says how many of them there are.
fn add(sums: &mut BTreeMap<&'static str, Quantity>, amounts: Field<'_>) -> usize {
    let mut found = 0;
    for resource in ["cpu", "memory"] {
        let amount = amounts.key(resource).quantity();
        if amount.sign() > 0 {
            found += 1;
            sums.entry(resource).or_insert_with(Quantity::zero).add(&amount);
        }
    }
    found
}
