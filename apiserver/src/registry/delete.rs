//! The deletion of an object: preconditions, finalizers, propagation.
//!
//! Source: `Store.Delete`, `rest.BeforeDelete`.

use serde_json::Value;

use super::{Attributes, precondition};
use crate::admission::{Operation, Review};
use crate::object::{self, finalizers, generate, meta};
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::status::Result;
use crate::store::{Write, WriteError};

/// How far a deletion went.
#[derive(Debug)]
pub(crate) enum Deletion {
    /// The object, which is gone.
    Done(Value),
    /// The object, which waits for its finalizers.
    Started(Value),
}

/// Deletes an object, or starts its deletion.
pub(crate) async fn delete(attributes: &Attributes<'_>, options: &DeleteOptions) -> Result<Deletion> {
    let (store, resource, key) = (&attributes.state.store, attributes.resource, attributes.key());
    loop {
        let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
        let current = resource.read(&stored).into_owned();
        precondition::check_deletion(attributes, &current, options)?;
        let review = Review::new(attributes, Operation::Delete, Value::Null);
        attributes.state.admission.validate(&review).await?;
        let Some(marked) = marked(attributes, &current, options) else {
            if options.dry_run {
                return Ok(Deletion::Done(current));
            }
            match store.write(&resource.collection, &key, Write::Delete(stored.revision)) {
                Ok(deleted) => return Ok(Deletion::Done(resource.read(&deleted).into_owned())),
                Err(WriteError::Modified | WriteError::Exists) => continue,
            }
        };
        if options.dry_run || marked == current {
            return Ok(Deletion::Started(marked));
        }
        let value = resource.strategy.to_stored(resource, marked);
        match store.write(&resource.collection, &key, Write::Replace(stored.revision, value)) {
            Ok(stored) => return Ok(Deletion::Started(resource.read(&stored).into_owned())),
            Err(WriteError::Modified | WriteError::Exists) => {}
        }
    }
}

/// The object marked as being deleted; none if it has no finalizers and can be removed at once.
fn marked(attributes: &Attributes<'_>, current: &Value, options: &DeleteOptions) -> Option<Value> {
    let strategy = attributes.resource.strategy;
    let mut object = current.clone();
    if strategy.is_garbage_collected() {
        let finalizers = wanted_finalizers(current, options.propagation);
        let finalizers = if finalizers.is_empty() { Value::Null } else { Value::from(finalizers) };
        object::set(&mut object, "finalizers", finalizers);
    }
    if meta(current, "deletionTimestamp").is_none() {
        strategy.mark_deleted(&mut object, &generate::time(attributes.state.now()));
    }
    let waits = !finalizers::of(&object).is_empty() || strategy.has_own_finalizers(&object);
    waits.then_some(object)
}

/// The object's finalizers, with or without the two of the garbage collector (`foregroundDeletion`, `orphan`) as the
/// propagation policy asks for.
fn wanted_finalizers(object: &Value, propagation: Option<Propagation>) -> Vec<String> {
    let mut finalizers: Vec<String> = finalizers::of(object).into_iter().map(str::to_owned).collect();
    let wanted = match propagation {
        None => return finalizers,
        Some(Propagation::Background) => None,
        Some(Propagation::Foreground) => Some("foregroundDeletion"),
        Some(Propagation::Orphan) => Some("orphan"),
    };
    finalizers.retain(|one| Some(one.as_str()) == wanted || (one != "foregroundDeletion" && one != "orphan"));
    if let Some(wanted) = wanted.filter(|wanted| !finalizers.iter().any(|one| one == wanted)) {
        finalizers.push(wanted.to_owned());
    }
    finalizers
}
