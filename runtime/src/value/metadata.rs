//! The metadata of an object, looked at where it is.
//!
//! In: `ObjectMeta`, which every object has and every verdict looks into. Out: a view of it, for which only times, owners and
//! managed fields are laid out, when somebody comes to them.

use std::{fmt, ops::ControlFlow};

use crdgen_schema::view::{Arena, ObjectView, View};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::{Access, Field, serialized};

/// The view of metadata.
pub(super) fn view<'a>(value: &'a ObjectMeta, arena: &'a Arena) -> View<'a> {
    View::Object(arena.alloc(Metadata(value)))
}

#[derive(Clone, Copy)]
struct Metadata<'t>(&'t ObjectMeta);

impl fmt::Debug for Metadata<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A member that is there.
type Found<'a> = Option<View<'a>>;

fn text(value: Option<&String>) -> Found<'_> {
    value.map(|text| View::Text(text))
}

fn field<'a, T: Field>(value: Option<&'a T>, arena: &'a Arena) -> Found<'a> {
    value.map(|value| T::Access::view(value, arena))
}

fn written<'a, T: Serialize>(value: Option<&'a T>, arena: &'a Arena) -> Found<'a> {
    value.and_then(|value| serialized::lay_out(value, arena))
}

type Member = (&'static str, for<'a> fn(&'a ObjectMeta, &'a Arena) -> Found<'a>);

/// The members, in the order in which they are written.
const MEMBERS: [Member; 15] = [
    ("annotations", |of, arena| field(of.annotations.as_ref(), arena)),
    ("creationTimestamp", |of, arena| written(of.creation_timestamp.as_ref(), arena)),
    ("deletionGracePeriodSeconds", |of, _| of.deletion_grace_period_seconds.map(View::Int)),
    ("deletionTimestamp", |of, arena| written(of.deletion_timestamp.as_ref(), arena)),
    ("finalizers", |of, arena| field(of.finalizers.as_ref(), arena)),
    ("generateName", |of, _| text(of.generate_name.as_ref())),
    ("generation", |of, _| of.generation.map(View::Int)),
    ("labels", |of, arena| field(of.labels.as_ref(), arena)),
    ("managedFields", |of, arena| written(of.managed_fields.as_ref(), arena)),
    ("name", |of, _| text(of.name.as_ref())),
    ("namespace", |of, _| text(of.namespace.as_ref())),
    ("ownerReferences", |of, arena| field(of.owner_references.as_ref(), arena)),
    ("resourceVersion", |of, _| text(of.resource_version.as_ref())),
    ("selfLink", |of, _| text(of.self_link.as_ref())),
    ("uid", |of, _| text(of.uid.as_ref())),
];

impl ObjectView for Metadata<'_> {
    fn len(&self) -> usize {
        let arena = Arena::new();
        MEMBERS.iter().filter(|(_, of)| of(self.0, &arena).is_some()).count()
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        let (_, of) = MEMBERS.iter().find(|(member, _)| *member == name)?;
        of(self.0, arena)
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let mut found = MEMBERS.iter().filter_map(|(name, of)| Some((*name, of(self.0, arena)?)));
        let _ = found.try_for_each(|(name, value)| visit(name, value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_seen_as_it_is_written() {
        let written = json!({
            "annotations": {"a": "b"}, "creationTimestamp": "2026-01-01T00:00:00Z", "deletionGracePeriodSeconds": 5,
            "deletionTimestamp": "2026-01-01T00:00:01Z", "finalizers": ["f/g"], "generateName": "g-", "generation": 3,
            "labels": {"app": "x"}, "name": "a", "namespace": "n", "resourceVersion": "7", "selfLink": "/a", "uid": "u",
            "managedFields": [{"manager": "m", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {"f:a": {}}}],
            "ownerReferences": [{"apiVersion": "v1", "kind": "K", "name": "n", "uid": "u", "controller": true}]
        });
        let (metadata, arena): (ObjectMeta, _) = (serde_json::from_value(written.clone()).unwrap(), Arena::new());
        let View::Object(seen) = view(&metadata, &arena) else { panic!() };
        assert_eq!(View::Object(seen).to_json(), written);
        assert_eq!(seen.len(), MEMBERS.len());
        for (name, value) in written.as_object().unwrap() {
            assert_eq!(seen.get(name, &arena).map(View::to_json).as_ref(), Some(value));
        }
    }

    #[test]
    fn what_is_not_there_is_not_seen() {
        let (metadata, arena) = (ObjectMeta::default(), Arena::new());
        let View::Object(seen) = view(&metadata, &arena) else { panic!() };
        assert!(seen.is_empty() && seen.get("name", &arena).is_none() && seen.get("other", &arena).is_none());
    }
}
