//! The CRDs, and the strategy of each of their versions.
//!
//! In: definitions. Out: what belongs to an object's `apiVersion` and `kind`. A strategy is compiled once, when the first object
//! needs it. Of two CRDs of one name the last one counts, as if one was applied after the other.

use std::{collections::BTreeMap, sync::OnceLock};

use crdgen_schema::{
    definition::{Definition, Version},
    diagnostic::{Diagnostic, Diagnostics, code, quote},
    strategy::Strategy,
};

/// All CRDs, by group and kind.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    crds: BTreeMap<(String, String), Crd>,
}

#[derive(Debug)]
struct Crd {
    definition: Definition,
    /// One for each version.
    strategies: Vec<OnceLock<Option<Strategy>>>,
}

/// What judges the objects of a version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'c> {
    pub(super) definition: &'c Definition,
    pub(super) version: &'c Version,
    pub(super) strategy: &'c Strategy,
}

/// Why nothing judges an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// No CRD defines the kind.
    Kind,
    /// The CRD of this name does not serve the version; it serves these.
    Version { name: String, served: Vec<String> },
}

impl Catalog {
    /// The catalog of these definitions, and a warning for each that a later one replaces.
    pub(super) fn new(definitions: Vec<Definition>) -> (Self, Diagnostics) {
        let (mut catalog, mut warnings) = (Self::default(), Diagnostics::default());
        for definition in definitions {
            let key = (definition.group.clone(), definition.names.kind.clone());
            let strategies = definition.versions.iter().map(|_| OnceLock::new()).collect();
            let crd = Crd { definition, strategies };
            if let Some(earlier) = catalog.crds.get(&key)
                && earlier.definition.json != crd.definition.json
            {
                warnings.push(replaces(&crd.definition, &earlier.definition));
            }
            catalog.crds.insert(key, crd);
        }
        for crd in catalog.crds.values_mut() {
            // A third of what a definition takes, and needed no longer.
            crd.definition.json = String::new();
        }
        (catalog, warnings)
    }

    /// The definition of a kind.
    pub(super) fn definition(&self, api_version: &str, kind: &str) -> Option<&Definition> {
        let (group, _) = split(api_version);
        self.crds.get(&(group.to_owned(), kind.to_owned())).map(|crd| &crd.definition)
    }

    /// What judges objects of this `apiVersion` and `kind`.
    pub(super) fn find(&self, api_version: &str, kind: &str) -> Result<Found<'_>, Missing> {
        let (group, version) = split(api_version);
        let crd = self.crds.get(&(group.to_owned(), kind.to_owned())).ok_or(Missing::Kind)?;
        let versions = &crd.definition.versions;
        let at = versions.iter().position(|candidate| candidate.name == version && candidate.served);
        at.and_then(|at| crd.found(at)).ok_or_else(|| Missing::Version {
            name: crd.definition.name.clone(),
            served: versions.iter().filter(|version| version.served).map(|version| version.name.clone()).collect(),
        })
    }
}

impl Crd {
    fn found(&self, at: usize) -> Option<Found<'_>> {
        let (version, strategy) = (self.definition.versions.get(at)?, self.strategies.get(at)?);
        let strategy = strategy.get_or_init(|| Strategy::new(&self.definition, &version.name)).as_ref()?;
        Some(Found { definition: &self.definition, version, strategy })
    }
}

/// The group and the version of an `apiVersion`; the group is empty for Kubernetes' first kinds.
pub(super) fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

fn replaces(definition: &Definition, earlier: &Definition) -> Diagnostic {
    let place = match earlier.source.position {
        Some(position) => format!("{}:{position}", earlier.source.file),
        None => earlier.source.file.clone(),
    };
    Diagnostic::warning(format!("this CustomResourceDefinition replaces another {}", quote(&definition.name)))
        .code(code::DUPLICATE_NAME)
        .at(&definition.source.file, definition.source.position)
        .help(format!("the other one is at {place}: leave one of them out (`--skip PATTERN`) if this one is not meant"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition(versions: &[(&str, bool)]) -> Definition {
        let schema = json!({"openAPIV3Schema": {"type": "object"}});
        let versions: Vec<_> = versions
            .iter()
            .map(|(name, served)| json!({"name": name, "served": served, "storage": false, "schema": schema}))
            .collect();
        let crd = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "as.b.c"},
            "spec": {"group": "b.c", "scope": "Cluster", "names": {"kind": "A", "plural": "as"}, "versions": versions},
        });
        Definition::from_value(&crd).unwrap()
    }

    #[test]
    fn a_kind_is_found_by_its_group_and_a_version_that_is_served() {
        let (catalog, warnings) = Catalog::new(vec![definition(&[("v1", true), ("v2", false)])]);
        assert!(warnings.is_empty());
        assert_eq!(catalog.find("b.c/v1", "A").unwrap().version.name, "v1");
        let missing = |api_version, kind| catalog.find(api_version, kind).unwrap_err();
        let version = Missing::Version { name: "as.b.c".to_owned(), served: vec!["v1".to_owned()] };
        assert_eq!([missing("b.c/v2", "A"), missing("b.c/v3", "A")], [version.clone(), version]);
        assert_eq!(
            [missing("v1", "A"), missing("b.c/v1", "B"), missing("", "")],
            [Missing::Kind, Missing::Kind, Missing::Kind]
        );
    }

    #[test]
    fn of_two_definitions_the_last_one_counts() {
        let (first, second) = (definition(&[("v1", true)]), definition(&[("v2", true)]));
        let (catalog, warnings) = Catalog::new(vec![first, second.clone(), second]);
        assert_eq!(warnings.0.len(), 1);
        assert!(catalog.find("b.c/v1", "A").is_err() && catalog.find("b.c/v2", "A").is_ok());
    }
}
