//! The objects that are replaced, by what makes an object the same one: group, kind, namespace and name.

use std::collections::BTreeMap;

use crdgen_schema::{definition::Scope, strategy::registry};
use serde_json::Value;

use super::{Catalog, Object, catalog};

/// What makes an object the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    group: String,
    kind: String,
    namespace: String,
    name: String,
}

/// Objects as they are stored.
#[derive(Debug, Default)]
pub(super) struct Old(BTreeMap<Key, Value>);

impl Old {
    /// Keeps an object, in place of one that is the same. Objects without a CRD are of no use.
    pub(super) fn insert(&mut self, object: &Object<'_>, catalog: &Catalog) {
        let of = object.type_of();
        let Some(definition) = catalog.definition(&of.api_version, &of.kind) else { return };
        let mut value = object.value();
        registry::place(&mut value, definition.scope);
        self.0.insert(key(&value, definition.scope), value);
    }

    /// The object that this one replaces, which has its namespace already.
    pub(super) fn find(&self, object: &Value, scope: Scope) -> Option<&Value> {
        if self.0.is_empty() { None } else { self.0.get(&key(object, scope)) }
    }
}

fn key(object: &Value, scope: Scope) -> Key {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, _) = catalog::split(object["apiVersion"].as_str().unwrap_or_default());
    let metadata = &object["metadata"];
    Key {
        group: group.to_owned(),
        kind: text(&object["kind"]),
        namespace: if scope == Scope::Cluster { String::new() } else { text(&metadata["namespace"]) },
        name: text(&metadata["name"]),
    }
}
