//! At most ten managers that update: the oldest are put into one entry for each version.
//!
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/internal/capmanagers.go`.

use std::collections::BTreeMap;

use super::entries::{Entries, Manager, Operation};

const MOST: usize = 10;
const BUCKET: &str = "ancient-changes";

/// Joins the oldest entries of managers that update.
pub(super) fn cap(entries: &mut Entries) {
    let mut updaters: Vec<Manager> =
        entries.keys().filter(|manager| manager.operation == Operation::Update).cloned().collect();
    let mut count = updaters.len();
    if count <= MOST {
        return;
    }
    updaters.sort_by_key(|manager| {
        let time = entries.get(manager).map(|entry| entry.time.clone());
        (time, manager.identity())
    });
    let mut first_of_version: BTreeMap<String, Manager> = BTreeMap::new();
    for manager in updaters {
        if count <= MOST {
            return;
        }
        let Some(version) = entries.get(&manager).map(|entry| entry.api_version.clone()) else { continue };
        let Some(first) = first_of_version.get(&version) else {
            first_of_version.insert(version, manager);
            continue;
        };
        let bucket = Manager::update(BUCKET, &version, "");
        if !entries.contains_key(&bucket)
            && let Some(entry) = entries.remove(first)
        {
            entries.insert(bucket.clone(), entry);
        }
        join(entries, &manager, &bucket);
        count -= 1;
    }
}

/// Puts the fields of a manager into a bucket. The bucket gets the time of the manager, which is the newer one.
fn join(entries: &mut Entries, manager: &Manager, bucket: &Manager) {
    let Some(entry) = entries.remove(manager) else { return };
    if let Some(joined) = entries.get_mut(bucket) {
        joined.fields.union(&entry.fields);
        joined.time = entry.time;
    } else {
        entries.insert(bucket.clone(), entry);
    }
}
