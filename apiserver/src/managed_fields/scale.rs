//! The entries of an object as those of its scale, and back: whoever owns the replicas of the one owns those of the other.
//!
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go`.

use std::collections::BTreeMap;

use super::entries::{Entries, Entry};
use super::field_set::FieldSet;
use super::path::PathElement;

/// The version of scales.
const SCALE: &str = "autoscaling/v1";

/// The entries of an object that has a scale.
#[derive(Clone, Debug)]
pub(crate) struct ScaleEntries {
    pub(crate) parent: Entries,
    /// The version of the object.
    pub(crate) api_version: String,
    /// Where each version has the replicas; `None` if it has no scale.
    pub(crate) replicas: BTreeMap<String, Option<Vec<PathElement>>>,
}

impl ScaleEntries {
    /// The entries of the scale.
    pub(crate) fn of_scale(&self) -> Entries {
        let mut entries = Entries::new();
        for (manager, entry) in &self.parent {
            let Some(Some(path)) = self.replicas.get(&entry.api_version) else { continue };
            if entry.fields.has(path) {
                let mut manager = manager.clone();
                if !manager.version.is_empty() {
                    SCALE.clone_into(&mut manager.version);
                }
                let (api_version, time) = (SCALE.to_owned(), entry.time.clone());
                entries.insert(manager, Entry { api_version, time, fields: FieldSet::of_fields(&["spec.replicas"]) });
            }
        }
        entries
    }

    /// The entries of the object, after those of the scale have changed.
    pub(crate) fn of_parent(self, mut scale: Entries) -> Entries {
        let mut entries = Entries::new();
        for (manager, mut entry) in self.parent {
            let Some(path) = self.replicas.get(&entry.api_version) else { continue };
            if let Some(path) = path.as_ref().filter(|path| entry.fields.has(path)) {
                // A manager that updates is another one in the scale, for its version is. It comes again below, and then has
                // two entries.
                if scale.remove(&manager).is_none() {
                    let mut replicas = FieldSet::default();
                    replicas.insert(path);
                    entry.fields.subtract(&replicas);
                }
            }
            if !entry.fields.is_empty() {
                entries.insert(manager, entry);
            }
        }
        let Some(Some(path)) = self.replicas.get(&self.api_version) else { return entries };
        let in_scale = FieldSet::of_fields(&["spec.replicas"]);
        scale.retain(|_, entry| !entry.fields.intersection(&in_scale).is_empty());
        for manager in scale.into_keys() {
            let mut fields = FieldSet::default();
            fields.insert(path);
            let api_version = self.api_version.clone();
            entries.insert(manager, Entry { api_version, time: String::new(), fields });
        }
        entries
    }
}
