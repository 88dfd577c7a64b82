//! What the API server does with every object beside its strategy, before it stores it: namespace, name, the fields that it
//! sets itself, and the checks of an update that do not depend on the kind.
//!
//! An object is decoded by its strategy, [placed](place), and [written](write()). What depends on chance and time is a constant here.
//!
//! Source: `k8s.io/apiserver/pkg/registry/rest`, `k8s.io/apiserver/pkg/endpoints/handlers`.

use serde_json::{Map, Value, json};

use super::{Operation, Strategy};
use crate::{
    definition::Scope,
    field::{Errors, Path},
    metadata::{self, NameRule},
};

/// All that the server does between decoding an object and storing it: the object becomes what would be stored, and what comes
/// back is everything that is wrong with it, in the server's order; nothing if it is accepted.
///
/// ```
/// use crdgen_schema::{definition::{Definition, Scope}, strategy::{Operation, Strategy, registry}};
/// use serde_json::json;
///
/// let crd = json!({
///     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
///     "metadata": {"name": "dogs.example.com"},
///     "spec": {
///         "group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"},
///         "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
///             "type": "object",
///             "properties": {"spec": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}}},
///         }}}],
///     },
/// });
/// let strategy = Strategy::new(&Definition::from_value(&crd).unwrap(), "v1").unwrap();
/// let mut dog = json!({"apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"generateName": "dog-"}, "spec": {"age": -1}});
/// strategy.decode(&mut dog).unwrap();
/// registry::place(&mut dog, Scope::Namespaced);
/// let errors = registry::write(&strategy, &mut dog, Operation::Create);
/// assert_eq!(dog["metadata"]["name"], "dog-abcde");
/// assert_eq!(errors.to_string(), "spec.age: Invalid value: -1: spec.age in body should be greater than or equal to 0");
/// ```
pub fn write(strategy: &Strategy, object: &mut Value, operation: Operation<&Value>) -> Errors {
    let mut errors = Errors::default();
    match operation.old() {
        None => {
            before_create(object);
            strategy.prepare(object, operation);
        }
        Some(old) => {
            before_update(object, old);
            strategy.prepare(object, operation);
            errors.extend(check_update(strategy, object, old));
        }
    }
    errors.extend(strategy.check(object, operation));
    errors
}

/// Sets the namespace as a client that names none would: an object of a namespaced kind is in `default`. One of a cluster-wide
/// kind loses its namespace.
pub fn place(object: &mut Value, scope: Scope) {
    let Some(metadata) = metadata_of(object) else { return };
    if scope == Scope::Cluster {
        metadata.remove("namespace");
    } else {
        metadata.entry("namespace").or_insert_with(|| json!("default"));
    }
}

/// Prepares a new object: it is not being deleted, and if it has `generateName` and no name, it gets the name that it would have,
/// with letters that are always the same.
pub fn before_create(object: &mut Value) {
    let Some(metadata) = metadata_of(object) else { return };
    for name in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
        metadata.remove(name);
    }
    if let (None, Some(Value::String(start))) = (metadata.get("name"), metadata.get("generateName")) {
        let name = format!("{start}abcde");
        metadata.insert("name".to_owned(), Value::from(name));
    }
}

/// Prepares an update: what only the server sets stays as it is in the old object. The resource version is that of the
/// old object, as if nobody had written in between.
fn before_update(object: &mut Value, old: &Value) {
    let old = &old["metadata"];
    let Some(metadata) = metadata_of(object) else { return };
    for name in ["creationTimestamp", "generation", "resourceVersion"] {
        match old.get(name) {
            Some(value) => metadata.insert(name.to_owned(), value.clone()),
            None => metadata.remove(name),
        };
    }
    metadata.remove("selfLink");
    for name in ["uid", "deletionGracePeriodSeconds"] {
        if let Some(value) = old.get(name) {
            metadata.entry(name).or_insert_with(|| value.clone());
        }
    }
    if let Some(time) = old.get("deletionTimestamp") {
        metadata.insert("deletionTimestamp".to_owned(), time.clone());
    }
}

/// What the server checks at an update of any kind. The strategy checks a part of it again.
pub fn check_update(strategy: &Strategy, object: &Value, old: &Value) -> Errors {
    let path = Path::ROOT.child("metadata");
    let (new, old) = (&object["metadata"], &old["metadata"]);
    let mut errors = metadata::validate(new, strategy.namespaced, NameRule::PathSegment, &path);
    errors.extend(metadata::validate_update(new, old, &path));
    errors
}

fn metadata_of(object: &mut Value) -> Option<&mut Map<String, Value>> {
    let members = object.as_object_mut()?;
    members.entry("metadata").or_insert_with(|| json!({})).as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_given_or_taken_by_the_scope() {
        let (mut bare, mut placed) = (json!({}), json!({"metadata": {"namespace": "a"}}));
        place(&mut bare, Scope::Namespaced);
        place(&mut placed, Scope::Namespaced);
        assert_eq!(
            (&bare["metadata"]["namespace"], &placed["metadata"]["namespace"]),
            (&json!("default"), &json!("a"))
        );
        place(&mut placed, Scope::Cluster);
        assert_eq!(placed, json!({"metadata": {}}));
    }

    #[test]
    fn only_a_new_object_without_a_name_gets_one() {
        let mut object = json!({"metadata": {"generateName": "a-", "selfLink": "/a", "deletionTimestamp": "t"}});
        before_create(&mut object);
        assert_eq!(object["metadata"], json!({"generateName": "a-", "name": "a-abcde"}));
        let mut named = json!({"metadata": {"generateName": "a-", "name": "b"}});
        before_create(&mut named);
        assert_eq!(named["metadata"]["name"], "b");
    }

    #[test]
    fn an_update_keeps_what_only_the_server_sets() {
        let old = json!({"metadata": {"uid": "u", "creationTimestamp": "t", "resourceVersion": "7"}});
        let mut object = json!({"metadata": {"generation": 9, "resourceVersion": "3"}});
        before_update(&mut object, &old);
        assert_eq!(object, old);
        let mut other = json!({"metadata": {"uid": "other"}});
        before_update(&mut other, &old);
        assert_eq!(other["metadata"]["uid"], "other");
    }
}
