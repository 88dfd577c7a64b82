//! What is demanded of a CRD: everything of a new one; of an update, what the CRD before it satisfied.
//!
//! In: a CRD and the one that it replaces. Out: [`Requirements`]. A CRD that an older server took may break rules of today: it
//! can still be changed.
//!
//! The real server also compiles the expressions of the old CRD with every function that it knows, and new ones with those that
//! the server before it knows. In Kubernetes 1.36 both are the same functions, so nothing depends on it here.
//!
//! Source: `ValidateCustomResourceDefinitionUpdate`.

use std::collections::BTreeSet;

use super::{
    ca_bundle, keyword, list_map,
    raw_schema::RawSchema,
    selectable_fields,
    stored_crd::{self, StoredCrd},
    structural, version,
};
use crate::{defaulting, node::Node, schema::Schema};

/// What is demanded of a schema. By default everything, as of a new CRD.
#[allow(clippy::struct_excessive_bools, reason = "independent demands")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaRequirements {
    /// Types are those of OpenAPI v3.
    pub known_types: bool,
    /// The schema is structural; only then its defaults and rules are checked.
    pub structural: bool,
    /// Defaults have no fields that the schema does not have.
    pub pruned_defaults: bool,
    /// Items of a list of type `set` are scalars, or replaced as a whole.
    pub atomic_set_items: bool,
    /// Items of sets and maps, and the keys of maps, always have a value.
    pub complete_list_keys: bool,
    /// No rule may be able to cost too much by itself. All rules together never may.
    pub affordable_rules: bool,
}

impl Default for SchemaRequirements {
    fn default() -> Self {
        Self {
            known_types: true,
            structural: true,
            pruned_defaults: true,
            atomic_set_items: true,
            complete_list_keys: true,
            affordable_rules: true,
        }
    }
}

/// What is demanded of the spec of a CRD.
#[derive(Debug)]
pub(super) struct Requirements {
    pub(super) schema: SchemaRequirements,
    /// Every version has a schema. Otherwise only those that are served, unless the CRD keeps unknown fields.
    pub(super) schema_in_every_version: bool,
    /// A conversion webhook understands a version of the review that the server sends.
    pub(super) known_review_version: bool,
    /// A conversion webhook's CA bundle can be read.
    pub(super) readable_ca_bundle: bool,
    /// The versions whose schemas are as they were.
    unchanged_schemas: BTreeSet<String>,
    /// The versions that had too many selectable fields before, and have the same now; "" for what all versions share.
    unchanged_selectable_fields: BTreeSet<String>,
}

impl Requirements {
    /// What is demanded of a new CRD.
    pub(super) fn of_creation() -> Self {
        Self {
            schema: SchemaRequirements::default(),
            schema_in_every_version: true,
            known_review_version: true,
            readable_ca_bundle: false,
            unchanged_schemas: BTreeSet::new(),
            unchanged_selectable_fields: BTreeSet::new(),
        }
    }

    /// What is demanded of a CRD that replaces an old one.
    pub(super) fn of_update(new: &Node<'_>, old: StoredCrd<'_>) -> Self {
        let conversion = old.conversion();
        let reviews = conversion["webhook"]["conversionReviewVersions"].items();
        let ca_bundle = conversion["webhook"]["clientConfig"]["caBundle"].as_str().unwrap_or_default();
        Self {
            schema: of_schemas(old),
            schema_in_every_version: old.schemas().count() == old.versions().len(),
            known_review_version: reviews.is_empty()
                || reviews.iter().any(|version| matches!(version.as_str(), Some("v1" | "v1beta1"))),
            readable_ca_bundle: old.is_established() && ca_bundle::fault(ca_bundle).is_none(),
            unchanged_schemas: unchanged_schemas(new, old),
            unchanged_selectable_fields: unchanged_selectable_fields(new, old),
        }
    }

    /// What is demanded of the schema of a version.
    pub(super) fn of_version(&self, name: &str) -> SchemaRequirements {
        SchemaRequirements { affordable_rules: !self.unchanged_schemas.contains(name), ..self.schema }
    }

    /// Whether a version may have more selectable fields than are allowed; "" for what all versions share.
    pub(super) fn allows_many_selectable_fields(&self, version: &str) -> bool {
        self.unchanged_selectable_fields.contains(version)
    }
}

/// What the old CRD's schemas satisfy.
fn of_schemas(old: StoredCrd<'_>) -> SchemaRequirements {
    let all = |holds: fn(RawSchema<'_>) -> bool| old.schemas().all(|schema| holds(RawSchema::new(schema)));
    SchemaRequirements {
        known_types: all(|schema| !schema.any(keyword::has_unknown_type)),
        structural: all(structural::holds),
        pruned_defaults: all(|schema| !has_unpruned_defaults(schema)),
        atomic_set_items: all(|schema| !schema.any(list_map::has_compound_set_items)),
        complete_list_keys: all(|schema| !schema.any(list_map::has_incomplete_keys)),
        affordable_rules: true,
    }
}

/// Whether a structural schema has a default with fields that it does not have.
fn has_unpruned_defaults(schema: RawSchema<'_>) -> bool {
    if !version::has_any(schema.node, "default") || !structural::holds(schema) {
        return false;
    }
    let schema = Schema::from_checked(schema.node);
    let mut pruned = schema.clone();
    defaulting::prune_defaults(&mut pruned);
    pruned != schema
}

fn unchanged_schemas(new: &Node<'_>, old: StoredCrd<'_>) -> BTreeSet<String> {
    let new = StoredCrd::new(new);
    let shared = old.shares("schema").then(|| old.versions().first()).flatten();
    let is_same = |version: &&Node<'_>| {
        // A schema that all versions share is taken for that of any version, whether it was there or not.
        let before = shared.or_else(|| old.version(name_of(version)));
        before.is_some_and(|before| stored_crd::is_same(version, before, "schema"))
    };
    new.versions().iter().filter(is_same).map(|version| name_of(version).to_owned()).collect()
}

fn unchanged_selectable_fields(new: &Node<'_>, old: StoredCrd<'_>) -> BTreeSet<String> {
    const NAME: &str = "selectableFields";
    let new = StoredCrd::new(new);
    let is_same = |version: &Node<'_>, before: &Node<'_>| {
        before[NAME].items().len() > selectable_fields::MAX && stored_crd::is_same(version, before, NAME)
    };
    match (new.shares(NAME), old.shares(NAME)) {
        (true, true) => {
            let both = new.versions().first().zip(old.versions().first());
            both.filter(|(version, before)| is_same(version, before)).map(|_| String::new()).into_iter().collect()
        }
        (false, false) => {
            let before = |version| old.version(name_of(version));
            let same = new.versions().iter().filter(|version| before(version).is_some_and(|old| is_same(version, old)));
            same.map(|version| name_of(version).to_owned()).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn name_of<'n>(version: &'n Node<'_>) -> &'n str {
    version["name"].as_str().unwrap_or_default()
}
