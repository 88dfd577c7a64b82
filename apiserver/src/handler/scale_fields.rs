//! Who owns the replicas of a scale.
//!
//! In: the object that the scale is of, and the scale before and after, or a configuration that is applied to it. Out: the
//! scale, and the `managedFields` of the object.

use std::collections::BTreeMap;

use crdgen_schema::definition::Scale;
use serde_json::{Value, json};

use super::apply::{Configuration, refused};
use super::scale::structure;
use crate::managed_fields::entries;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::scale::ScaleEntries;
use crate::managed_fields::shape::Shape;
use crate::managed_fields::versions::{Unconvertible, Version, Versions};
use crate::managed_fields::writer::Writer;
use crate::object;
use crate::resource::Resource;
use crate::status::{Result, Status};

/// Who writes a scale, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Author<'a> {
    pub(super) name: &'a str,
    /// `metav1.Time`
    pub(super) time: &'a str,
    /// Whether the scale is that of a custom resource.
    pub(super) custom: bool,
}

impl Author<'_> {
    /// Sets the `managedFields` of a scale that is about to replace `live`.
    pub(super) fn record(self, scale: &mut Value, live: &Value) {
        self.with_writer(|writer| writer.record(scale, live));
    }

    /// Applies a configuration to a scale.
    pub(super) fn apply(self, live: &Value, configuration: &Configuration) -> Result<Value> {
        self.with_writer(|writer| writer.apply(live, &configuration.value, configuration.force)).map_err(refused)
    }

    /// In kube-apiserver the converter of custom resources does not know scales, so that nothing can be applied to the scale
    /// of one, except what is there already.
    fn with_writer<T>(self, write: impl FnOnce(&Writer<'_>) -> T) -> T {
        write(&Writer {
            name: self.name,
            api_version: "autoscaling/v1",
            kind: "Scale",
            subresource: "scale",
            time: self.time,
            versions: &OnlyOne,
            blank: &json!({"apiVersion": "autoscaling/v1", "kind": "Scale"}),
            unconvertible: self.custom.then_some(UNCONVERTIBLE),
        })
    }
}

const UNCONVERTIBLE: &str = "request to convert CR to an invalid group/version: autoscaling/v1";

/// Scales have one version.
struct OnlyOne;

impl Versions for OnlyOne {
    fn find(&self, api_version: &str) -> std::result::Result<Version<'_>, Unconvertible> {
        match structure() {
            Ok(of) if api_version == "autoscaling/v1" => Ok(Version { shape: Shape::of_struct(of), ignored: &[] }),
            _ => Err(Unconvertible::Unknown),
        }
    }
}

/// The entries of an object, from which those of its scale follow.
pub(super) fn entries_of(resource: &Resource, object: &Value) -> Result<ScaleEntries> {
    let parent = entries::read(object).map_err(Status::unclassified)?;
    let path = |scale: &Scale| {
        let names = scale.spec_replicas_path.trim_start_matches('.').split('.');
        names.map(PathElement::field).collect()
    };
    let mut replicas: BTreeMap<String, Option<Vec<PathElement>>> = BTreeMap::new();
    for (version, rules) in &*resource.versions {
        replicas.insert(format!("{}/{version}", resource.group), rules.scale().map(path));
    }
    let api_version = resource.api_version();
    replicas.insert(api_version.clone(), resource.scale.as_ref().map(path));
    Ok(ScaleEntries { parent, api_version, replicas })
}

/// Gives a scale the entries that follow from those of the object.
pub(super) fn give(scale: &mut Value, entries: &ScaleEntries) {
    object::set(scale, "managedFields", entries::write(&entries.of_scale()));
}

/// Gives the object the entries that follow from those of the scale.
pub(super) fn take(object: &mut Value, entries: ScaleEntries, scale: &Value) -> Result<()> {
    let scale = entries::read(scale).map_err(Status::unclassified)?;
    object::set(object, "managedFields", entries::write(&entries.of_parent(scale)));
    Ok(())
}
