//! What the API server does with every object beside its strategy, before it stores it: namespace, name, the fields that it
//! sets itself, and the checks of an update that do not depend on the kind.
//!
//! In: an object and the stored one. Out: the object as the strategy checks it. What depends on chance and time is a
//! constant here.
//! Source: `k8s.io/apiserver/pkg/registry/rest`, `k8s.io/apiserver/pkg/endpoints/handlers`.

use serde_json::{Map, Value, json};

use crate::{
    definition::Scope,
    field::{Errors, Path},
    metadata::{self, NameRule},
};

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

/// Gives a new object that has `generateName` and no name the name that it would have, with letters that are always the same.
pub fn generate_name(object: &mut Value) {
    let Some(metadata) = metadata_of(object) else { return };
    if let (None, Some(Value::String(start))) = (metadata.get("name"), metadata.get("generateName")) {
        let name = format!("{start}abcde");
        metadata.insert("name".to_owned(), Value::from(name));
    }
}

/// Sets the fields of an update that only the server sets: those of the old object stay. The resource version is that of the
/// old object, as if nobody had written in between.
pub fn keep_system_fields(object: &mut Value, old: &Value) {
    let old = &old["metadata"];
    let Some(metadata) = metadata_of(object) else { return };
    for name in ["creationTimestamp", "generation", "resourceVersion"] {
        match old.get(name) {
            Some(value) => metadata.insert(name.to_owned(), value.clone()),
            None => metadata.remove(name),
        };
    }
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
pub fn check_update(object: &Value, old: &Value, scope: Scope) -> Errors {
    let path = Path::ROOT.child("metadata");
    let (new, old) = (&object["metadata"], &old["metadata"]);
    let mut errors = metadata::validate(new, scope == Scope::Namespaced, NameRule::PathSegment, &path);
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
    fn only_an_object_without_a_name_gets_one() {
        let mut object = json!({"metadata": {"generateName": "a-"}});
        generate_name(&mut object);
        assert_eq!(object["metadata"]["name"], "a-abcde");
        let mut named = json!({"metadata": {"generateName": "a-", "name": "b"}});
        generate_name(&mut named);
        assert_eq!(named["metadata"]["name"], "b");
    }

    #[test]
    fn an_update_keeps_what_only_the_server_sets() {
        let old = json!({"metadata": {"uid": "u", "creationTimestamp": "t", "resourceVersion": "7"}});
        let mut object = json!({"metadata": {"generation": 9, "resourceVersion": "3"}});
        keep_system_fields(&mut object, &old);
        assert_eq!(object, old);
        let mut other = json!({"metadata": {"uid": "other"}});
        keep_system_fields(&mut other, &old);
        let errors = check_update(&other, &old, Scope::Cluster);
        assert!(errors.iter().any(|error| error.field == "metadata.uid"), "{errors}");
    }
}
