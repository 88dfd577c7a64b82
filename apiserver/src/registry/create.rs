//! The creation of an object.
//!
//! Source: `Store.Create`, `rest.BeforeCreate`.

use crdgen_schema::field;
use crdgen_schema::metadata::NameRule;
use serde_json::Value;

use super::{Attributes, Written, ownership, validation};
use crate::admission::{Operation, Review};
use crate::check::Check;
use crate::object::{self, finalizers, generate, meta, text};
use crate::resource::strategy::{MetadataCheck, Subresource};
use crate::resource::{Resource, gated};
use crate::status::{Result, Status};
use crate::store::{Stored, WriteError};

/// What clients cannot choose.
const SET_BY_SERVER: [&str; 5] = ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation", "uid"];

/// Creates an object that was decoded.
pub(super) async fn create(attributes: &Attributes<'_>, mut object: Value) -> Result<Written> {
    drop_system_fields(&mut object);
    ownership::record(attributes, &mut object, None);
    create_owned(attributes, object).await
}

/// Takes the version away that a write names of what is not there. It counts for nothing.
pub(super) fn take_version(object: &mut Value) -> Value {
    let version = meta(object, "resourceVersion").cloned().unwrap_or_default();
    object::set(object, "resourceVersion", Value::Null);
    version
}

/// What was written, with that version if nothing was stored.
pub(super) fn with_version(attributes: &Attributes<'_>, mut written: Written, version: Value) -> Written {
    if attributes.options.dry_run {
        object::set(&mut written.object, "resourceVersion", version);
    }
    written
}

fn drop_system_fields(object: &mut Value) {
    for name in SET_BY_SERVER {
        object::set(object, name, Value::Null);
    }
}

/// How many names are tried for an object that asks for one (`maxNameGenerationCreateAttempts`).
const NAMES: usize = 8;

/// Creates an object that has its `managedFields`.
pub(super) async fn create_owned(attributes: &Attributes<'_>, mut object: Value) -> Result<Written> {
    drop_system_fields(&mut object);
    let mut names = if asks_for_name(&object) { NAMES } else { 1 };
    loop {
        if let Some(outcome) = outcome(attempt(attributes, object.clone()).await, &mut names) {
            return outcome;
        }
    }
}

/// What comes of an attempt; none if there must be another: because what the creation relies on has changed meanwhile, or because the
/// name that was made up is taken and another may be tried.
fn outcome<T>(attempt: Result<Option<T>>, names: &mut usize) -> Option<Result<T>> {
    match attempt {
        Ok(written) => written.map(Ok),
        Err(refusal) if *names > 1 && refusal.reason == "AlreadyExists" => {
            *names -= 1;
            None
        }
        Err(refusal) => Some(Err(refusal)),
    }
}

/// One attempt; none if it must be repeated.
async fn attempt(attributes: &Attributes<'_>, object: Value) -> Result<Option<Written>> {
    let (state, resource) = (attributes.state, attributes.resource);
    let time = generate::time(state.now());
    let mut review = Review::new(attributes, Operation::Create, object);
    state.admission.mutate(&mut review).await?;
    name(&mut review.object);
    let mut allocator = attributes.allocator();
    if attributes.subresource == Subresource::Main {
        resource.strategy.allocate(&mut allocator, &mut review.object, None)?;
    }
    prepare(resource, &mut review.object, &time);
    resource.strategy.identify(&mut review.object, attributes.user);
    refuse_invalid(resource, &review.object)?;
    attributes.warnings.extend(warnings(resource, &review.object));
    resource.strategy.check_served(&review.object)?;
    let own_name = text(&review.object, "name");
    if !matches!(text(&review.object, "resourceVersion").parse(), Err(_) | Ok(0u64)) {
        return Err(Status::unclassified("resourceVersion should not be set on objects to be created"));
    }
    let key = object::key(resource.namespace_of(&review.object), own_name);
    state.admission.validate(&review).await?;
    if let Some(stored) = state.store.get(&resource.collection, &key) {
        return Err(exists(resource, &review.object, Some(&stored)));
    }
    resource.strategy.set_defaults(&mut review.object);
    let Review { mut object, relies_on, .. } = review;
    object::set(&mut object, "resourceVersion", Value::Null);
    if attributes.options.dry_run {
        let object = resource.read_unstored(validation::normalized(resource, object));
        return Ok(Some(Written::unstored(object, true)));
    }
    let taken = exists(resource, &object, None);
    let value = validation::normalized(resource.stored(), resource.strategy.to_stored(resource, object));
    validation::check_size(&value)?;
    match state.store.create(&resource.collection, &key, value, &relies_on) {
        Ok(stored) => {
            allocator.keep();
            Ok(Some(Written::stored(resource, stored, true)))
        }
        Err(WriteError::Exists) => Err(taken),
        // What admission relied on was written in between.
        Err(WriteError::Modified) => Ok(None),
    }
}

fn warnings(resource: &Resource, object: &Value) -> Vec<String> {
    let mut warnings = Vec::new();
    // Nothing is reported while warnings are looked for.
    Check::of(object, |object| warnings = resource.strategy.warnings(object, None));
    if resource.custom.is_some() {
        warnings.extend(finalizers::warnings(object));
    }
    warnings
}

/// `rest.BeforeCreate`, and what the strategy does.
fn prepare(resource: &Resource, object: &mut Value, time: &str) {
    object::set(object, "uid", Value::String(generate::uid()));
    object::set(object, "creationTimestamp", Value::from(time));
    gated::drop_fields(resource, object);
    resource.strategy.prepare_for_create(resource, object);
}

/// Gives an object a name if it asks for one.
fn name(object: &mut Value) {
    if asks_for_name(object) {
        let name = generate::name(text(object, "generateName"));
        object::set(object, "name", Value::String(name));
    }
}

fn asks_for_name(object: &Value) -> bool {
    text(object, "name").is_empty() && !text(object, "generateName").is_empty()
}

fn refuse_invalid(resource: &Resource, object: &Value) -> Result<()> {
    let check = resource.strategy.metadata_check();
    let mut errors: Vec<field::Error> = Vec::new();
    if check == MetadataCheck::First {
        errors.extend(validation::metadata_errors(resource, object, resource.strategy.name_rule()));
        errors.extend(validation::finalizer_errors(resource, object));
    }
    errors.extend(Check::of_kind(resource.kind_type, object, |object| resource.strategy.validate(resource, object)));
    if check == MetadataCheck::Last && errors.is_empty() {
        errors = validation::metadata_errors(resource, object, NameRule::PathSegment);
    }
    validation::refuse(resource, object, &errors)
}

fn exists(resource: &Resource, object: &Value, stored: Option<&Stored>) -> Box<Status> {
    let being_deleted = stored.is_some_and(Stored::is_being_deleted);
    let refusal = Status::already_exists(resource.group_resource(), text(object, "name"), being_deleted);
    if text(object, "generateName").is_empty() { refusal } else { refusal.not_unique() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group_resource::GroupResource;

    const THINGS: GroupResource<'_> = GroupResource { group: "", resource: "things" };

    /// The code of the answer if so many of the names are taken, and how many were tried.
    fn check(mut names: usize, taken: usize) -> (Option<u16>, usize) {
        let mut tried = 0;
        loop {
            tried += 1;
            let attempt = if tried > taken { Ok(Some(())) } else { Err(Status::already_exists(THINGS, "x", false)) };
            if let Some(outcome) = outcome(attempt, &mut names) {
                return (outcome.err().map(|refusal| refusal.http_code().as_u16()), tried);
            }
        }
    }

    #[test]
    fn a_name_that_is_made_up_is_made_up_again_if_it_is_taken() {
        assert_eq!(check(NAMES, 0), (None, 1));
        assert_eq!(check(NAMES, 7), (None, 8));
    }

    #[test]
    fn the_eighth_taken_name_is_the_last() {
        assert_eq!(check(NAMES, 100), (Some(409), 8));
    }

    #[test]
    fn a_name_that_was_given_is_tried_once() {
        assert_eq!(check(1, 1), (Some(409), 1));
    }
}
