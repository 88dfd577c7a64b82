//! Which resources are served, by group, version and plural.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Resource, versions};
use crate::kind::table;

/// All served resources. The server holds it behind a lock and replaces the entries of one CRD at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalog {
    groups: BTreeMap<String, BTreeMap<String, BTreeMap<String, Arc<Resource>>>>,
    /// The served resources of each CRD, by the CRD's name.
    definitions: BTreeMap<String, (Generation, Vec<Arc<Resource>>)>,
}

/// Identifies a state of a CRD's spec: its uid, its generation, and whether it is being deleted.
pub(crate) type Generation = (String, i64, bool);

impl Catalog {
    /// Serves a resource.
    pub(crate) fn insert(&mut self, resource: Arc<Resource>) {
        let versions = self.groups.entry(resource.group.clone()).or_default();
        versions.entry(resource.version.clone()).or_default().insert(resource.plural.clone(), resource);
    }

    /// The state of a CRD that is served.
    pub(crate) fn definition(&self, name: &str) -> Option<&Generation> {
        self.definitions.get(name).map(|(generation, _)| generation)
    }

    /// A served resource of a CRD: that of the storage version, if it is served.
    pub(crate) fn of_definition(&self, name: &str) -> Option<Arc<Resource>> {
        let (_, resources) = self.definitions.get(name)?;
        resources.iter().find(|resource| resource.storage.is_none()).or(resources.first()).cloned()
    }

    /// Serves other resources of a CRD, and returns those that were served.
    pub(crate) fn replace_definition(
        &mut self,
        name: &str,
        generation: Generation,
        resources: Vec<Arc<Resource>>,
    ) -> Vec<Arc<Resource>> {
        let old = self.remove_definition(name);
        for resource in &resources {
            self.insert(resource.clone());
        }
        self.definitions.insert(name.to_owned(), (generation, resources));
        old
    }

    /// Serves a CRD no longer, and returns the resources that were served.
    pub(crate) fn remove_definition(&mut self, name: &str) -> Vec<Arc<Resource>> {
        let Some((_, resources)) = self.definitions.remove(name) else { return Vec::new() };
        for resource in &resources {
            let Some(versions) = self.groups.get_mut(&resource.group) else { continue };
            if let Some(plurals) = versions.get_mut(&resource.version) {
                plurals.remove(&resource.plural);
            }
            versions.retain(|_, plurals| !plurals.is_empty());
        }
        self.groups.retain(|_, versions| !versions.is_empty());
        resources
    }

    /// One version of one resource.
    pub(crate) fn get(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
        self.groups.get(group)?.get(version)?.get(plural).cloned()
    }

    /// The resource of a kind.
    pub(crate) fn of_kind(&self, group: &str, version: &str, kind: &str) -> Option<Arc<Resource>> {
        self.groups.get(group)?.get(version)?.values().find(|resource| resource.kind == kind).cloned()
    }

    /// The resource of the objects in a collection: that of the storage version, if it is served.
    pub(crate) fn of_collection(&self, collection: &str) -> Option<Arc<Resource>> {
        let (group, plural) = collection.split_once('/')?;
        let found = || self.groups.get(group).into_iter().flat_map(BTreeMap::values).filter_map(|all| all.get(plural));
        found().find(|resource| resource.storage.is_none()).or_else(|| found().next()).cloned()
    }

    /// The resources of a version by plural.
    pub(crate) fn version(&self, group: &str, version: &str) -> Option<Vec<Arc<Resource>>> {
        Some(self.groups.get(group)?.get(version)?.values().cloned().collect())
    }

    /// The versions of a group, the preferred one first.
    pub(crate) fn versions(&self, group: &str) -> Option<Vec<String>> {
        let mut found: Vec<String> = self.groups.get(group)?.keys().cloned().collect();
        found.sort_by(|a, b| versions::compare(a, b));
        Some(found)
    }

    /// All groups except the core one: the built-in ones in kube-apiserver's order, then the others by name.
    pub(crate) fn groups(&self) -> Vec<String> {
        self.sorted_groups(str::to_owned)
    }

    /// The same, the others by the name of the `APIService` of their preferred version, as the plain list of groups has them.
    pub(crate) fn groups_by_service(&self) -> Vec<String> {
        let preferred = |group: &str| self.versions(group).and_then(|versions| versions.into_iter().next());
        self.sorted_groups(|group| format!("{}.{group}", preferred(group).unwrap_or_default()))
    }

    fn sorted_groups(&self, key: impl Fn(&str) -> String) -> Vec<String> {
        let built_in = table::resources();
        let rank = |group: &str| built_in.iter().position(|served| served.group == group).unwrap_or(built_in.len());
        let mut groups: Vec<String> = self.groups.keys().filter(|group| !group.is_empty()).cloned().collect();
        groups.sort_by_cached_key(|group| (rank(group), key(group)));
        groups
    }

    /// One resource for each collection of stored objects, in any of its versions.
    pub(crate) fn collections(&self) -> BTreeMap<String, Arc<Resource>> {
        let resources = self.groups.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values);
        resources.map(|resource| (resource.collection.clone(), resource.clone())).collect()
    }

    /// What can be deleted in a namespace, each in one version (`ServerPreferredNamespacedResources`). A kind that two groups serve
    /// appears once for each of them.
    pub(crate) fn deletable_in_namespaces(&self) -> Vec<Arc<Resource>> {
        let mut found = BTreeMap::new();
        for (group, versions) in &self.groups {
            let mut names: Vec<&String> = versions.keys().collect();
            names.sort_by(|a, b| versions::compare(a, b));
            for resource in names.into_iter().flat_map(|name| versions[name].values()) {
                if resource.namespaced && resource.verbs().contains(&"delete") {
                    found.entry((group, &resource.plural)).or_insert_with(|| resource.clone());
                }
            }
        }
        found.into_values().collect()
    }
}
