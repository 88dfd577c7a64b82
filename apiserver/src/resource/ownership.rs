//! Who owns the fields of an object: what a resource knows that `managed_fields` asks for.
//!
//! In: an object before and after, or a configuration that is applied, and who wrote. Out: the object with its
//! `managedFields`.

use serde_json::Value;

use super::Resource;
use super::strategy::Subresource;
use crate::kind::table;
use crate::managed_fields::shape::Shape;
use crate::managed_fields::versions::{Unconvertible, Version, Versions};
use crate::managed_fields::writer::{Refusal, Writer};

/// Who writes, when, and to what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author<'a> {
    pub(crate) name: &'a str,
    pub(crate) subresource: Subresource,
    /// `metav1.Time`
    pub(crate) time: &'a str,
}

impl Resource {
    /// The shape of its objects.
    pub(crate) fn shape(&self) -> Shape<'_> {
        match self.structure {
            Some(of) => Shape::of_struct(of),
            None => Shape::of_object(&self.schema),
        }
    }

    /// Sets the `managedFields` of an object that is about to replace `live`; of one that is created, if there is none.
    pub(crate) fn record(&self, object: &mut Value, live: Option<&Value>, author: Author<'_>) {
        let blank = self.strategy.blank(self);
        self.with_writer(author, &blank, |writer| writer.record(object, live.unwrap_or(&blank)));
    }

    /// Applies a configuration to an object, or to nothing. What comes out has no defaults yet.
    pub(crate) fn apply(
        &self,
        live: Option<&Value>,
        configuration: &Value,
        author: Author<'_>,
        force: bool,
    ) -> Result<Value, Refusal> {
        let blank = self.strategy.blank(self);
        self.with_writer(author, &blank, |writer| writer.apply(live.unwrap_or(&blank), configuration, force))
    }

    fn with_writer<T>(&self, author: Author<'_>, blank: &Value, write: impl FnOnce(&Writer<'_>) -> T) -> T {
        let api_version = self.api_version();
        let versions = Known { resource: self, api_version: &api_version, subresource: author.subresource };
        write(&Writer {
            name: author.name,
            api_version: &api_version,
            kind: &self.kind,
            subresource: author.subresource.name(),
            time: author.time,
            versions: &versions,
            blank,
            unconvertible: None,
        })
    }
}

/// The versions of a resource, for a write of a part of its objects.
struct Known<'a> {
    resource: &'a Resource,
    api_version: &'a str,
    subresource: Subresource,
}

impl Versions for Known<'_> {
    fn find(&self, api_version: &str) -> Result<Version<'_>, Unconvertible> {
        let resource = self.resource;
        let ignored = resource.strategy.ignored(resource, self.subresource);
        if api_version == self.api_version {
            return Ok(Version { shape: resource.shape(), ignored });
        }
        if resource.custom.is_none() {
            let known = resource.strategy.versions().contains(&api_version);
            let structure = table::structure(api_version, &resource.kind).filter(|_| known);
            let structure = structure.ok_or(Unconvertible::Unknown)?;
            return Ok(Version { shape: Shape::of_struct(structure), ignored });
        }
        let (group, name) = api_version.split_once('/').unwrap_or(("", api_version));
        if name.contains('/') {
            return Err(Unconvertible::Failed(format!("unexpected GroupVersion string: {api_version}")));
        }
        if group != resource.group {
            let (from, kind) = (self.api_version, &resource.kind);
            let why =
                format!("{from}, Kind={kind} is unstructured and is not suitable for converting to {api_version:?}");
            return Err(Unconvertible::Failed(why));
        }
        let Some(rules) = resource.versions.get(name) else {
            let why = format!("request to convert CR to an invalid group/version: {api_version}");
            return Err(Unconvertible::Failed(why));
        };
        // A write of the main resource ignores the fields of its own version only.
        let ignored = if self.subresource == Subresource::Status { ignored } else { &[] };
        Ok(Version { shape: Shape::of_object(rules.schema()), ignored })
    }

    fn convert(&self, object: &Value, api_version: &str) -> Value {
        let mut object = self.resource.strategy.converted(object, api_version);
        if let Some(members) = object.as_object_mut() {
            members.insert("apiVersion".to_owned(), Value::from(api_version));
        }
        object
    }
}
