//! The steps that creations and updates share: ownership, the strategy, validation, storing.
//!
//! In: a decoded object and the stored one. Out: the object to answer with, and warnings.
//! Source: `k8s.io/apiserver/pkg/registry/rest`, `registry/generic/registry/store.go`.

use std::sync::Arc;

use crdgen_schema::{field, metadata};
use serde_json::Value;

use super::Target;
use super::admission;
use crate::api::Api;
use crate::builtin::DEFINITIONS;
use crate::crd;
use crate::json;
use crate::managed_fields::entries::same_but_times;
use crate::managed_fields::shape::Shape;
use crate::managed_fields::update::{Writer, record};
use crate::object::{self, finalizers, generate, meta, text};
use crate::request::write_options::WriteOptions;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::status::{Details, Result, Status};
use crate::store::{Stored, Write, WriteError, weight};

/// The outcome of a write: the object to answer with, and warnings.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) object: Value,
    pub(crate) created: bool,
    pub(crate) warnings: Vec<String>,
}

/// Creates an object that was decoded.
pub(crate) fn create(
    api: &Api,
    target: &Target<'_>,
    mut object: Value,
    options: &WriteOptions,
    mut warnings: Vec<String>,
) -> Result<Written> {
    let resource = target.resource;
    let time = generate::time(api.now());
    for name in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation", "uid"] {
        object::set(&mut object, name, Value::Null);
    }
    record_ownership(resource, &mut object, &resource.strategy.blank(resource), options, Subresource::Main, &time);
    let mut seen = admission::check_creation(api, target, text(&object, "name"))?;
    before_create(resource, &mut object, &time);
    let mut errors = resource.strategy.validate(resource, &object);
    if !resource.strategy.checks_metadata() {
        errors.splice(0..0, metadata_errors(resource, &object, metadata::NameRule::DnsSubdomain));
    }
    refuse_invalid(resource, &object, &errors)?;
    warnings.extend(finalizers::warnings(&object));
    refuse_unserved(resource, &object)?;
    if !matches!(text(&object, "resourceVersion").parse(), Err(_) | Ok(0u64)) {
        return Err(Status::unclassified("resourceVersion should not be set on objects to be created"));
    }
    object::set(&mut object, "resourceVersion", Value::Null);
    let key = object::key(resource.namespace_of(&object), text(&object, "name"));
    let existing = api.store.get(&resource.collection, &key);
    let exists = |stored: &Stored| {
        let being_deleted = meta(&stored.value, "deletionTimestamp").is_some();
        Status::already_exists(resource.group_resource(), text(&object, "name"), being_deleted)
    };
    if let Some(stored) = &existing {
        return Err(exists(stored));
    }
    if options.dry_run {
        return Ok(Written { object: resource.read_unstored(object), created: true, warnings });
    }
    loop {
        let value = normalized(resource.strategy.to_stored(resource, object.clone()));
        check_size(&value)?;
        match api.store.create(&resource.collection, &key, value, &seen) {
            Ok(stored) => return Ok(Written { object: resource.read(&stored).into_owned(), created: true, warnings }),
            Err(WriteError::Exists) => {
                return Err(Status::already_exists(resource.group_resource(), text(&object, "name"), false));
            }
            // The namespace or the CRD was written in between and may be being deleted: check again.
            Err(WriteError::Modified) => seen = admission::check_creation(api, target, text(&object, "name"))?,
        }
    }
}

/// `rest.BeforeCreate`, and what the strategy does.
fn before_create(resource: &Resource, object: &mut Value, time: &str) {
    resource.strategy.prepare_for_create(resource, object);
    object::set(object, "uid", Value::String(generate::uid()));
    object::set(object, "creationTimestamp", Value::from(time));
    if text(object, "name").is_empty() && !text(object, "generateName").is_empty() {
        let name = generate::name(text(object, "generateName"));
        object::set(object, "name", Value::String(name));
    }
}

/// Replaces the stored object by what `change` makes of it. If somebody else writes in between, it starts again with
/// the newer object.
pub(crate) fn update(
    api: &Api,
    target: &Target<'_>,
    options: &WriteOptions,
    subresource: Subresource,
    change: impl Fn(&Value) -> Result<(Value, Vec<String>)>,
) -> Result<Written> {
    let resource = target.resource;
    let key = target.key();
    loop {
        let stored = api.store.get(&resource.collection, &key).ok_or_else(|| target.not_found())?;
        let current = resource.read(&stored);
        let (mut object, mut warnings) = change(&current)?;
        check_version(target, &object, &stored)?;
        object::copy(&mut object, "resourceVersion", &current);
        let time = generate::time(api.now());
        record_ownership(resource, &mut object, &current, options, subresource, &time);
        before_update(resource, &mut object, &current, subresource);
        let errors = update_errors(resource, &object, &current, subresource);
        refuse_invalid(resource, &object, &errors).map_err(|refusal| refusal.warn(&warnings))?;
        warnings.extend(new_finalizer_warnings(&object, &current));
        refuse_unserved(resource, &object)?;
        let object = normalized(object);
        if same_but_times(&object, &current) {
            return Ok(Written { object: current.into_owned(), created: false, warnings });
        }
        if options.dry_run {
            return Ok(Written { object, created: false, warnings });
        }
        check_size(&object)?;
        match store(api, resource, &key, &stored, &object) {
            Ok(object) => return Ok(Written { object, created: false, warnings }),
            // Somebody else wrote first, so start again with the newer object. If the request names a resource version,
            // this ends in a conflict; a patch without one is applied anew.
            Err(WriteError::Modified | WriteError::Exists) => {}
        }
    }
}

/// Refuses objects above 1.5 MiB, as etcd does.
fn check_size(object: &Value) -> Result<()> {
    const LIMIT: usize = 1536 * 1024;
    if weight(object) > LIMIT && json::compact(object).len() > LIMIT {
        return Err(Status::unclassified("etcdserver: request is too large"));
    }
    Ok(())
}

/// Stores an update, or removes the object if it is being deleted and the update took away its last finalizer.
fn store(
    api: &Api,
    resource: &Arc<Resource>,
    key: &str,
    stored: &Stored,
    object: &Value,
) -> std::result::Result<Value, WriteError> {
    let deleting = meta(object, "deletionTimestamp").is_some();
    if deleting && finalizers::of(object).is_empty() && !holds_finalizers(resource, object) {
        api.store.write(&resource.collection, key, Write::Delete(stored.revision))?;
        return Ok(object.clone());
    }
    let value = resource.strategy.to_stored(resource, object.clone());
    let stored = api.store.write(&resource.collection, key, Write::Replace(stored.revision, value))?;
    Ok(resource.read(&stored).into_owned())
}

/// Whether the object is a namespace that still has finalizers in its spec. These come on top of those in metadata.
pub(crate) fn holds_finalizers(resource: &Resource, object: &Value) -> bool {
    let own = &object["spec"]["finalizers"];
    resource.custom.is_none() && resource.plural == "namespaces" && own.as_array().is_some_and(|list| !list.is_empty())
}

/// Refuses an object whose resource version is not that of the stored one.
fn check_version(target: &Target<'_>, object: &Value, stored: &Stored) -> Result<()> {
    let resource = target.resource;
    match admission::resource_version(object)? {
        0 if resource.strategy.unconditional_update() => Ok(()),
        0 => {
            let why = "must be specified for an update";
            let error = field::Error::invalid("metadata.resourceVersion", &Value::from(0), why);
            Err(Status::invalid(Details::object(resource.group_resource(), target.name()), &[error]))
        }
        version if version == stored.revision => Ok(()),
        _ => Err(Status::modified(resource.group_resource(), target.name())),
    }
}

fn record_ownership(
    resource: &Resource,
    object: &mut Value,
    live: &Value,
    options: &WriteOptions,
    subresource: Subresource,
    time: &str,
) {
    let writer = Writer {
        manager: &options.manager,
        api_version: &resource.api_version(),
        subresource: subresource.name(),
        time,
        ignored: resource.strategy.ignored(resource, subresource),
    };
    record(object, live, Shape::of(&resource.schema), &writer);
}

/// `rest.BeforeUpdate`.
fn before_update(resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
    object::copy(object, "generation", old);
    resource.strategy.prepare_for_update(resource, object, old, subresource);
    if text(object, "uid").is_empty() {
        object::copy(object, "uid", old);
    }
    object::copy(object, "creationTimestamp", old);
    if meta(old, "deletionTimestamp").is_some() {
        object::copy(object, "deletionTimestamp", old);
    }
    if meta(old, "deletionGracePeriodSeconds").is_some() && meta(object, "deletionGracePeriodSeconds").is_none() {
        object::copy(object, "deletionGracePeriodSeconds", old);
    }
    object::set(object, "selfLink", Value::Null);
}

/// The field errors of an update. In kube-apiserver both the generic code and the strategy check metadata, so some
/// errors appear twice in its answer, and here too.
fn update_errors(resource: &Resource, object: &Value, old: &Value, subresource: Subresource) -> Vec<field::Error> {
    let path = field::Path::ROOT.child("metadata");
    let changes = metadata::validate_update(&object["metadata"], &old["metadata"], &path);
    let mut errors = metadata_errors(resource, object, metadata::NameRule::PathSegment);
    errors.extend(changes.clone());
    if !resource.strategy.checks_metadata() {
        errors.extend(changes);
    }
    errors.extend(resource.strategy.validate_update(resource, object, old, subresource));
    errors
}

fn metadata_errors(resource: &Resource, object: &Value, rule: metadata::NameRule) -> Vec<field::Error> {
    let path = field::Path::ROOT.child("metadata");
    metadata::validate(&object["metadata"], resource.namespaced, rule, &path).into_iter().collect()
}

fn refuse_invalid(resource: &Resource, object: &Value, errors: &[field::Error]) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Status::invalid(Details::kind(&resource.group, &resource.kind, text(object, "name")), errors))
}

/// Refuses CRDs that this server could only serve wrongly.
fn refuse_unserved(resource: &Resource, object: &Value) -> Result<()> {
    if resource.collection == DEFINITIONS { crd::acceptance::check_served(object) } else { Ok(()) }
}

fn new_finalizer_warnings(object: &Value, old: &Value) -> Vec<String> {
    let before = finalizers::warnings(old);
    finalizers::warnings(object).into_iter().filter(|warning| !before.contains(warning)).collect()
}

/// The object as kube-apiserver would read it back from storage: metadata without empty fields, and floats without a
/// fraction as integers.
fn normalized(mut object: Value) -> Value {
    // The metadata was coerced when the object was read, so nothing can be wrong with it.
    let _ = metadata::coerce(&mut object);
    crdgen_schema::json::whole_numbers(&mut object);
    object
}
