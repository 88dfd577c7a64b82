//! The creation of an object.
//!
//! Source: `Store.Create`, `rest.BeforeCreate`.

use crdgen_schema::field;
use serde_json::Value;

use super::{Attributes, Written, ownership, validation};
use crate::admission::{Operation, Review};
use crate::check::Check;
use crate::object::{self, finalizers, generate, meta, text};
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

fn drop_system_fields(object: &mut Value) {
    for name in SET_BY_SERVER {
        object::set(object, name, Value::Null);
    }
}

/// Creates an object that has its `managedFields`. If what the creation relies on changes meanwhile, it starts again.
pub(super) async fn create_owned(attributes: &Attributes<'_>, mut object: Value) -> Result<Written> {
    drop_system_fields(&mut object);
    loop {
        if let Some(written) = attempt(attributes, object.clone()).await? {
            return Ok(written);
        }
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
    resource.strategy.allocate(&mut allocator, &mut review.object, None)?;
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
        return Ok(Some(Written { object, created: true }));
    }
    let taken = exists(resource, &object, None);
    let value = validation::normalized(resource.stored(), resource.strategy.to_stored(resource, object));
    validation::check_size(&value)?;
    match state.store.create(&resource.collection, &key, value, &relies_on) {
        Ok(stored) => {
            allocator.keep();
            Ok(Some(Written { object: resource.read(&stored).into_owned(), created: true }))
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
    if resource.custom.is_none() {
        gated::drop_fields(object);
    }
    resource.strategy.prepare_for_create(resource, object);
}

/// Gives an object a name if it asks for one.
fn name(object: &mut Value) {
    if text(object, "name").is_empty() && !text(object, "generateName").is_empty() {
        let name = generate::name(text(object, "generateName"));
        object::set(object, "name", Value::String(name));
    }
}

fn refuse_invalid(resource: &Resource, object: &Value) -> Result<()> {
    let mut errors: Vec<field::Error> = Vec::new();
    if !resource.strategy.checks_metadata() {
        errors.extend(validation::metadata_errors(resource, object, resource.strategy.name_rule()));
        errors.extend(validation::finalizer_errors(resource, object));
    }
    errors.extend(Check::of_kind(resource.kind_type(), object, |object| resource.strategy.validate(resource, object)));
    validation::refuse(resource, object, &errors)
}

fn exists(resource: &Resource, object: &Value, stored: Option<&Stored>) -> Box<Status> {
    let being_deleted = stored.is_some_and(|stored| meta(&stored.value, "deletionTimestamp").is_some());
    let refusal = Status::already_exists(resource.group_resource(), text(object, "name"), being_deleted);
    if text(object, "generateName").is_empty() { refusal } else { refusal.not_unique() }
}
