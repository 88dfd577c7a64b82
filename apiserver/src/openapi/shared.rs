//! The schemas that every document has: `ObjectMeta` and its kin, and those of `Scale`.
//!
//! `k8s-openapi` describes the types in Kubernetes' own words. What kube-apiserver publishes beyond that follows from
//! Go's zero values (`add_defaults`) or is a fact about one type (`facts`).

use std::sync::OnceLock;

use k8s_openapi::api::autoscaling::v1::Scale;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{DeleteOptions, ObjectMeta, Patch, Status};
use k8s_openapi::schemars::{JsonSchema as _, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    groups::{GROUPS, kinds},
    schemas::CONVENTIONS,
};

type Object = Map<String, Value>;

/// The schemas of a document; those of `Scale` only if a resource has that subresource.
pub(super) fn published(scale: bool) -> impl Iterator<Item = (String, Value)> {
    let wanted = schemas().iter().filter(move |(name, _)| scale || !name.starts_with("io.k8s.api.autoscaling."));
    wanted.map(|(name, schema)| (name.clone(), schema.clone()))
}

/// `apiVersion` or `kind`, which every kind has in the same words.
pub(super) fn type_meta(property: &str) -> Value {
    schemas().get(&*Status::schema_name()).map_or(Value::Null, |schema| schema["properties"][property].clone())
}

/// All of them, by name.
fn schemas() -> &'static Object {
    static SCHEMAS: OnceLock<Object> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let mut generator = SchemaSettings::openapi3().into_generator();
        generator.subschema_for::<ObjectMeta>();
        generator.subschema_for::<Status>();
        generator.subschema_for::<DeleteOptions>();
        generator.subschema_for::<Patch>();
        generator.subschema_for::<Scale>();
        let schemas = generator.definitions_mut();
        schemas.values_mut().for_each(add_defaults);
        for (kind, property, fact) in facts() {
            if let (Some(place), Value::Object(fact)) = (find(schemas, kind, property), fact) {
                place.extend(fact);
            }
        }
        // The settings' transforms wrap each `$ref` that has members beside it in `allOf`.
        generator.take_definitions(true)
    })
}

/// Adds the zero values of what Go always writes as defaults: for required properties, items, and values of maps.
/// `metadata` is always written as well, although it is not required.
fn add_defaults(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let required = members.remove("required").unwrap_or_default();
    let mut required = required.as_array().cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        for (name, property) in properties {
            if required.iter().any(|required| required == name) {
                add_default(property);
            }
            for below in ["items", "additionalProperties"] {
                property.get_mut(below).into_iter().for_each(add_default);
            }
        }
    }
    required.retain(|name| name != "metadata");
    if !required.is_empty() {
        members.insert("required".to_owned(), Value::Array(required));
    }
}

fn add_default(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let zero = match members.get("type").and_then(Value::as_str) {
        Some("string") => json!(""),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        None if members.contains_key("$ref") => json!({}),
        _ => return,
    };
    members.insert("default".to_owned(), zero);
}

/// What follows neither from the types nor from zero values: the kind, its property (`None` for the kind itself), and
/// what to add to its schema.
fn facts() -> [(&'static str, Option<&'static str>, Value); 13] {
    let atomic = json!({"x-kubernetes-list-type": "atomic"});
    let set = json!({"x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge"});
    let by_uid = json!({
        "x-kubernetes-list-map-keys": ["uid"],
        "x-kubernetes-list-type": "map",
        "x-kubernetes-patch-merge-key": "uid",
        "x-kubernetes-patch-strategy": "merge",
    });
    [
        ("DeleteOptions", None, kinds(&GROUPS, "DeleteOptions")),
        ("DeleteOptions", Some("dryRun"), atomic.clone()),
        ("ObjectMeta", Some("finalizers"), set),
        ("ObjectMeta", Some("managedFields"), atomic.clone()),
        ("ObjectMeta", Some("ownerReferences"), by_uid),
        ("OwnerReference", None, json!({"x-kubernetes-map-type": "atomic"})),
        ("Scale", None, kinds(&[("autoscaling", &["v1"])], "Scale")),
        // The text of Kubernetes 1.36, the version whose answers this server gives.
        (
            "Scale",
            Some("metadata"),
            json!({"description": format!("Standard object metadata; More info: {CONVENTIONS}#metadata.")}),
        ),
        ("Scale", Some("spec"), json!({"default": {}})),
        ("Scale", Some("status"), json!({"default": {}})),
        ("ScaleSpec", Some("replicas"), json!({"default": 0})),
        ("Status", None, kinds(&[("", &["v1"])], "Status")),
        ("StatusDetails", Some("causes"), atomic),
    ]
}

fn find<'a>(schemas: &'a mut Object, kind: &str, property: Option<&str>) -> Option<&'a mut Object> {
    let (_, schema) = schemas.iter_mut().find(|(name, _)| name.rsplit('.').next() == Some(kind))?;
    let Some(property) = property else { return schema.as_object_mut() };
    schema.get_mut("properties")?.get_mut(property)?.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_about_something_there_is() {
        let mut schemas = schemas().clone();
        for (kind, property, fact) in facts() {
            let place = find(&mut schemas, kind, property).expect("the kind or its property");
            let mut fact = fact.as_object().expect("an object").iter();
            assert!(fact.all(|(name, value)| place.get(name) == Some(value)), "{kind} {property:?}: {place:?}");
        }
    }

    #[test]
    fn what_go_always_writes_has_a_default_and_metadata_is_not_required() {
        let property = |kind, property| find(&mut schemas().clone(), kind, Some(property)).cloned().unwrap_or_default();
        assert_eq!(property("OwnerReference", "name")["default"], "");
        assert_eq!(property("ObjectMeta", "labels")["additionalProperties"], json!({"type": "string", "default": ""}));
        assert!(!property("ObjectMeta", "name").contains_key("default"));
        for wrapped in [&property("ObjectMeta", "managedFields")["items"], &json!(property("Status", "metadata"))] {
            assert!(wrapped["default"].is_object() && wrapped["allOf"][0]["$ref"].is_string(), "{wrapped}");
        }
        assert!(find(&mut schemas().clone(), "Status", None).is_some_and(|status| !status.contains_key("required")));
    }

    #[test]
    fn only_documents_with_a_scale_have_its_schemas() {
        let scales = |scale| published(scale).filter(|(name, _)| name.contains("Scale")).count();
        assert_eq!((scales(false), scales(true)), (0, 3));
        for kind in ["ObjectMeta", "ListMeta", "Status", "DeleteOptions", "Patch"] {
            assert!(published(false).any(|(name, _)| name.ends_with(&format!(".{kind}"))), "{kind}");
        }
    }
}
