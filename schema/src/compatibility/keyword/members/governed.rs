//! What a schema says about a member of a name, whether it declares it or not.

use std::sync::LazyLock;

use super::super::{Pair, Prunes};
use crate::schema::{AdditionalProperties, Schema, SchemaType};

/// What happens to a member.
#[derive(Clone, Copy)]
pub(super) enum Governed<'s> {
    /// It must fulfil this schema.
    Schema(&'s Schema),
    /// It belongs to every resource, and is not declared. This is what it is anyway.
    Given(&'s Schema),
    /// It is kept, whatever it holds.
    Anything,
    /// It is kept, but without the members of objects in it.
    Emptied,
    /// It is dropped.
    Dropped,
    /// It is refused.
    Forbidden,
}

/// `apiVersion` and `kind`.
static TEXT: LazyLock<Schema> = LazyLock::new(|| Schema { kind: Some(SchemaType::String), ..Schema::default() });
/// `metadata`.
static OBJECT: LazyLock<Schema> = LazyLock::new(|| Schema { kind: Some(SchemaType::Object), ..Schema::default() });

/// What the schema says about the member of that name.
pub(super) fn governed<'s>(schema: &'s Schema, name: &str, prunes: bool, is_resource: bool) -> Governed<'s> {
    if let Some(property) = schema.properties.get(name) {
        return Governed::Schema(property);
    }
    if is_resource {
        match name {
            "apiVersion" | "kind" => return Governed::Given(&TEXT),
            "metadata" => return Governed::Given(&OBJECT),
            _ => {}
        }
    }
    match &schema.additional_properties {
        Some(AdditionalProperties::Schema(schema)) => Governed::Schema(schema),
        Some(AdditionalProperties::Any) if prunes => Governed::Emptied,
        Some(AdditionalProperties::Any) => Governed::Anything,
        None if schema.forbids_additional => Governed::Forbidden,
        None if schema.preserve_unknown_fields || !prunes => Governed::Anything,
        None => Governed::Dropped,
    }
}

/// What both sides say about the member of that name. If one declares what belongs to every resource, so does the other.
pub(super) fn both<'s>(pair: Pair<'s>, name: &str) -> (Governed<'s>, Governed<'s>) {
    let old = governed(pair.old, name, pair.prunes.old, pair.is_resource);
    let new = governed(pair.new, name, pair.prunes.new, pair.is_resource);
    match (old, new) {
        (Governed::Given(old), Governed::Schema(new)) | (Governed::Schema(old), Governed::Given(new)) => {
            (Governed::Schema(old), Governed::Schema(new))
        }
        pair => pair,
    }
}

/// The pair of a member. Metadata of a resource is not pruned by its schema.
pub(super) fn child<'s>(pair: Pair<'s>, name: &str, old: &'s Schema, new: &'s Schema) -> Pair<'s> {
    let is_metadata = pair.is_resource && name == "metadata";
    let prunes = if is_metadata { Prunes { old: false, new: false } } else { pair.prunes };
    Pair { old, new, prunes, is_resource: old.embedded_resource && new.embedded_resource }
}
