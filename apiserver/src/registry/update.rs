//! The update of an object, or of a part of it.
//!
//! Source: `Store.Update`, `rest.BeforeUpdate`.

use crdgen_schema::{field, metadata};
use serde_json::Value;

use super::{Attributes, Change, Written, precondition, validation};
use crate::admission::Review;
use crate::check::Check;
use crate::managed_fields::entries::same_but_times;
use crate::object::{self, finalizers, generate, meta, text};
use crate::resource::strategy::Subresource;
use crate::resource::{Resource, gated};
use crate::status::Result;
use crate::store::{Stored, Write, WriteError};

/// Replaces the stored object by what `change` makes of it, `managedFields` included. If somebody else writes in between, it
/// starts again with the newer object: a change that names a resource version then ends in a conflict, and one without is
/// made anew.
pub(super) async fn update(attributes: &Attributes<'_>, change: &Change<'_>) -> Result<Written> {
    loop {
        if let Some(written) = attempt(attributes, change).await? {
            return Ok(written);
        }
    }
}

/// One attempt; none if it must be repeated.
async fn attempt(attributes: &Attributes<'_>, change: &Change<'_>) -> Result<Option<Written>> {
    let (state, resource) = (attributes.state, attributes.resource);
    let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
    let current = resource.read(&stored);
    let mut object = change(&current)?;
    precondition::check_version(attributes, &object, &stored)?;
    object::copy(&mut object, "resourceVersion", &current);
    let mut review = Review::of_update(attributes, object, &current);
    state.admission.mutate(&mut review).await?;
    let mut allocator = attributes.allocator();
    if attributes.subresource == Subresource::Main {
        resource.strategy.allocate(&mut allocator, &mut review.object, Some(&current))?;
    }
    prepare(resource, &mut review.object, &current, attributes.subresource);
    resource.strategy.stamp(&mut review.object, &current, attributes.subresource, &generate::time(state.now()));
    let errors = errors(resource, &review.object, &current, attributes.subresource);
    validation::refuse(resource, &review.object, &errors)?;
    attributes.warnings.extend(warnings(resource, &review.object, &current, attributes.subresource));
    resource.strategy.check_served(&review.object)?;
    state.admission.validate(&review).await?;
    resource.strategy.set_defaults(&mut review.object);
    let object = validation::normalized(resource, review.object);
    if same_but_times(&object, &current) {
        return Ok(Some(Written::unstored(current.into_owned(), false)));
    }
    if attributes.options.dry_run {
        return Ok(Some(Written::unstored(object, false)));
    }
    validation::check_size(&object)?;
    match store(attributes, &stored, object) {
        Ok(written) => {
            allocator.keep();
            Ok(Some(written))
        }
        Err(WriteError::Modified | WriteError::Exists) => Ok(None),
    }
}

/// Stores an update, or removes the object if it is being deleted and the update took away its last finalizer.
fn store(attributes: &Attributes<'_>, stored: &Stored, object: Value) -> std::result::Result<Written, WriteError> {
    let (resource, store, key) = (attributes.resource, &attributes.state.store, attributes.key());
    let deleting = meta(&object, "deletionTimestamp").is_some();
    if deleting && finalizers::of(&object).is_empty() && !resource.strategy.has_own_finalizers(&object) {
        store.write(&resource.collection, &key, Write::Delete(stored.revision))?;
        attributes.release(&object);
        return Ok(Written::unstored(object, false));
    }
    let value = resource.strategy.to_stored(resource, object);
    let stored = store.write(&resource.collection, &key, Write::Replace(stored.revision, value))?;
    Ok(Written::stored(resource, stored, false))
}

/// `rest.BeforeUpdate`.
fn prepare(resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
    object::copy(object, "generation", old);
    gated::drop_fields(resource, object);
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
fn errors(resource: &Resource, object: &Value, old: &Value, subresource: Subresource) -> Vec<field::Error> {
    let path = field::Path::ROOT.child("metadata");
    let changes = metadata::validate_update(&object["metadata"], &old["metadata"], &path);
    let mut errors = validation::metadata_errors(resource, object, metadata::NameRule::PathSegment);
    errors.extend(changes.clone());
    if resource.strategy.repeats_changes() {
        errors.extend(changes);
        errors.extend(validation::finalizer_errors(resource, object));
    }
    errors.extend(Check::of_kind_update(resource.kind_type, object, old, |object, old| {
        resource.strategy.validate_update(resource, object, old, subresource);
    }));
    errors
}

fn warnings(resource: &Resource, object: &Value, old: &Value, subresource: Subresource) -> Vec<String> {
    let mut warnings = Vec::new();
    if subresource != Subresource::Status {
        // Nothing is reported while warnings are looked for.
        Check::of_update(object, old, |object, old| warnings = resource.strategy.warnings(object, Some(old)));
    }
    if resource.custom.is_some() {
        let before = finalizers::warnings(old);
        warnings.extend(finalizers::warnings(object).into_iter().filter(|warning| !before.contains(warning)));
    }
    warnings
}
